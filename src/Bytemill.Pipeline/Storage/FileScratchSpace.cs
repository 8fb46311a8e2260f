using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Temporary files below one directory, each gone when its stream is disposed.</summary>
internal sealed class FileScratchSpace : IScratchSpace
{
    private readonly string _directory;
    private int _created;

    public FileScratchSpace(string directory) => _directory = directory;

    public Stream Create()
    {
        Directory.CreateDirectory(_directory);
        string name = Interlocked.Increment(ref _created).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new FileStream(
            Path.Combine(_directory, name),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            bufferSize: 1 << 16,
            FileOptions.DeleteOnClose);
    }

    public void Delete()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}
