using System.Globalization;
using Bytemill.Tokenization;
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

    public Stream Create() => CreateFile(bufferBytes: 1 << 16, lengthBytes: 0);

    public FlatMemory CreateMemory(long bytes)
    {
        // With the room reserved here a full disk is an error now; a hole that could not be filled later would end the process.
        ScratchFile file = CreateFile(bufferBytes: 0, lengthBytes: bytes);
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

    private ScratchFile CreateFile(int bufferBytes, long lengthBytes)
    {
        Directory.CreateDirectory(Path);
        string name = Interlocked.Increment(ref _created).ToString(CultureInfo.InvariantCulture);
        return new ScratchFile(this, System.IO.Path.Combine(Path, name), new FileStreamOptions
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
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private sealed class ScratchFile : FileStream
    {
        private readonly FileScratchSpace _space;

        public ScratchFile(FileScratchSpace space, string path, FileStreamOptions options)
            : base(path, options) => _space = space;

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
