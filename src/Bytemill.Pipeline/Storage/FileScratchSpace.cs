using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Temporary files below one directory, each gone when its stream is disposed.</summary>
internal sealed class FileScratchSpace : IScratchSpace
{
    private readonly string _directory;
    private int _created;

    public FileScratchSpace(string directory) => _directory = directory;

    public Stream Create() => CreateFile(bufferBytes: 1 << 16, lengthBytes: 0);

    public FlatMemory CreateMemory(long bytes)
    {
        // With the room reserved here a full disk is an error now; a hole that could not be filled later would end the process.
        FileStream file = CreateFile(bufferBytes: 0, lengthBytes: bytes);
        try
        {
            file.SetLength(bytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return FlatMemory.Map(file, bytes);
    }

    private FileStream CreateFile(int bufferBytes, long lengthBytes)
    {
        Directory.CreateDirectory(_directory);
        string name = Interlocked.Increment(ref _created).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new FileStream(Path.Combine(_directory, name), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = bufferBytes,
            Options = FileOptions.DeleteOnClose,
            PreallocationSize = lengthBytes,
        });
    }

    public void Delete()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}
