using Microsoft.Win32.SafeHandles;

namespace Bytemill.Corpus;

/// <summary>An open input file, read at positions; safe for several readers at once.</summary>
internal sealed class CorpusSource : IDisposable
{
    private readonly SafeFileHandle _handle;

    private CorpusSource(string path, SafeFileHandle handle, long lengthBytes)
    {
        Path = path;
        _handle = handle;
        LengthBytes = lengthBytes;
    }

    public string Path { get; }

    public long LengthBytes { get; }

    /// <exception cref="CorpusException">The file is missing, a directory, or may not be read.</exception>
    public static CorpusSource Open(string path)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(path);
            return new CorpusSource(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CorpusException($"{path}: the file cannot be opened: {error.Message}", error) { Fault = CorpusFault.Access };
        }
    }

    /// <exception cref="CorpusException">The file ends before, or the system cannot read it.</exception>
    public void ReadExactly(long position, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int read = Read(position, target);
            if (read == 0)
            {
                throw new CorpusException(
                    $"{Path}: the file ends at byte {position}, before its end when it was opened ({LengthBytes} bytes); "
                    + "do not change inputs while a job runs.")
                { Fault = CorpusFault.Access };
            }

            position += read;
            target = target[read..];
        }
    }

    /// <returns>Bytes read; 0 at the end of the file.</returns>
    /// <exception cref="CorpusException">The system cannot read it.</exception>
    public int Read(long position, Span<byte> target)
    {
        try
        {
            return RandomAccess.Read(_handle, target, position);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{Path}: byte {position} cannot be read: {error.Message}", error) { Fault = CorpusFault.Access };
        }
    }

    public void Dispose() => _handle.Dispose();
}
