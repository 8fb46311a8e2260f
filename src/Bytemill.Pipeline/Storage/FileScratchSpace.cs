using System.Collections.Concurrent;
using System.Globalization;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Temporary files below one directory, each gone when its stream is disposed.</summary>
internal sealed class FileScratchSpace : IScratchSpace
{
    private readonly ResidentSetGuard? _residentSet;
    private int _created;
    private long _writtenBytes;
    private readonly ConcurrentDictionary<string, byte> _open = new(StringComparer.Ordinal);

    /// <param name="path">Full path of the directory; made when the first file is.</param>
    /// <param name="residentSet">Keeps what is mapped within the process's memory; <c>null</c> for nothing.</param>
    public FileScratchSpace(string path, ResidentSetGuard? residentSet = null) => (Path, _residentSet) = (path, residentSet);

    /// <summary>Full path of the directory.</summary>
    public string Path { get; }

    /// <summary>Lengths of all files that were made and disposed, in bytes.</summary>
    public long WrittenBytes => Interlocked.Read(ref _writtenBytes);

    /// <summary>Lengths of all files that are open, in bytes: asks the file system for each. May be called by any thread.</summary>
    public long PresentBytes() => _open.Keys.Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0);

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

        FlatMemory memory = FlatMemory.Map(file, bytes);
        file.Trimming = _residentSet?.Register(memory.TrimResidency);
        return memory;
    }

    private ScratchFile CreateFile(int bufferBytes, long lengthBytes)
    {
        Subdirectory.Create(Path);
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
            : base(path, options)
        {
            _space = space;
            _space._open.TryAdd(path, 0);
        }

        /// <summary>Ends with the file.</summary>
        public IDisposable? Trimming { get; set; }

        protected override void Dispose(bool disposing)
        {
            if (disposing && CanSeek)
            {
                Trimming?.Dispose();
                _space._open.TryRemove(Name, out _);
                Interlocked.Add(ref _space._writtenBytes, Length);
            }

            base.Dispose(disposing);
        }
    }
}
