using Bytemill.Corpus;
using Bytemill.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.App;

/// <summary>Files and pipes by their names on the command line; <c>-</c> is a standard stream.</summary>
internal static class StandardStreams
{
    /// <summary>Stands for <c>-</c> on a parsed command line; no path begins so.</summary>
    public const string Name = "\u0001standard stream";

    private const int BrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    /// <summary>What messages call an input.</summary>
    public static string NameOf(string? path) => path is null or Name ? "standard input" : path;

    /// <exception cref="JobInputException">There is no such file.</exception>
    public static Stream OpenInput(string? path)
    {
        if (path is null or Name)
        {
            return Console.OpenStandardInput();
        }

        try
        {
            return StorePath.IsRemote(path)
                ? Stores.OpenRead(path)
                : new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"Cannot read '{path}': {e.Message}", e);
        }
    }

    /// <exception cref="JobInputException">The file exists, or cannot be written.</exception>
    public static Stream OpenOutput(string? path)
    {
        if (path is null or Name)
        {
            if (OperatingSystem.IsWindows())
            {
                return Console.OpenStandardOutput();
            }

            // The console's own stream hides that nobody reads a pipe any more, and an endless input would be encoded for ever. A
            // file is another matter: FileStream would write over what others have written to it.
            var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return output.CanSeek ? Console.OpenStandardOutput() : output;
        }

        if (File.Exists(path))
        {
            throw new JobInputException($"'{path}' exists; give another name, or remove it first.");
        }

        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"Cannot write '{path}': {e.Message}", e);
        }
    }

    /// <summary>Opens an output and writes it. Ends quietly where whoever reads it has enough; a file that is not whole is removed.</summary>
    /// <exception cref="JobInputException">The file exists, or cannot be written.</exception>
    public static void Write(string? path, Action<Stream> write)
    {
        Stream output = OpenOutput(path);
        bool isWhole = false;
        try
        {
            write(output);
            isWhole = true;
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            // Not our fault, and no file.
        }
        finally
        {
            output.Dispose();
            if (!isWhole && path is not (null or Name))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Whether the reader of a pipe has gone, as <c>head</c> does when it has seen enough.</summary>
    public static bool IsBrokenPipe(Exception error) => error is IOException { HResult: BrokenPipe or WindowsBrokenPipe or WindowsNoData };
}
