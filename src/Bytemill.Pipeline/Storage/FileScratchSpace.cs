using System.Globalization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Temporary files below one directory, each gone when its stream is disposed.</summary>
internal sealed class FileScratchSpace : IScratchSpace
{
    private int _created;
    private long _writtenBytes;

    /// <param name="path">Full path of the directory; made when the first file is.</param>
    public FileScratchSpace(string path) => Path = path;

    /// <summary>Full path of the directory.</summary>
    public string Path { get; }

    /// <summary>Lengths of all files that were made and disposed, in bytes.</summary>
    public long WrittenBytes => Interlocked.Read(ref _writtenBytes);

    public Stream Create()
    {
        Directory.CreateDirectory(Path);
        return new ScratchFile(this, System.IO.Path.Combine(Path, Interlocked.Increment(ref _created).ToString(CultureInfo.InvariantCulture)));
    }

    public void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private sealed class ScratchFile : FileStream
    {
        private readonly FileScratchSpace _space;

        public ScratchFile(FileScratchSpace space, string path)
            : base(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose) => _space = space;

        protected override void Dispose(bool disposing)
        {
            if (disposing && CanSeek)
            {
                Interlocked.Add(ref _space._writtenBytes, Length);
            }

            base.Dispose(disposing);
        }
    }
}
