using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Bytemill.Tokenization;

/// <summary>
/// A stretch of memory outside the garbage collector's heap, reached by pointers: either memory of the process, or a file mapped
/// into it, whose pages the system may write back and drop.
/// </summary>
public sealed unsafe partial class FlatMemory : IDisposable
{
    private const nuint HugePageBytes = 2 << 20;
    private const nuint CacheLineBytes = 64;
    private const int AdviseDontNeed = 4;
    private const int AdviseHugePages = 14;

    private readonly Lock _gate = new();
    private readonly FileStream? _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;

    private FlatMemory(byte* start, long length)
    {
        _start = start;
        Length = length;
    }

    private FlatMemory(FileStream file, MemoryMappedFile map, MemoryMappedViewAccessor view, long length)
    {
        (_file, _map, _view, Length) = (file, map, view, length);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>Frees memory that nobody disposed.</summary>
    ~FlatMemory() => Free();

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether a file stands behind it, so that its pages can be dropped and come back.</summary>
    public bool IsMapped => _view is not null;

    internal byte* Start => _start;

    /// <summary>The whole of it as elements of one type, as many as fit. Not to be used once it is disposed.</summary>
    /// <exception cref="OverflowException">There are more than 2 147 483 647.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        return new Span<T>(_start, checked((int)(Length / sizeof(T))));
    }

    /// <summary>Memory of the process, in large pages where the system gives them for the asking. Contents are undefined.</summary>
    /// <param name="bytes">0 or more.</param>
    /// <exception cref="OutOfMemoryException">The system gives no more.</exception>
    public static FlatMemory Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        nuint size = Math.Max((nuint)bytes, CacheLineBytes);
        var start = (byte*)NativeMemory.AlignedAlloc(size, size >= HugePageBytes ? HugePageBytes : CacheLineBytes);
        if (size >= HugePageBytes && OperatingSystem.IsLinux())
        {
            // Advice only. Whole pages, so that nothing beyond the block is committed.
            _ = Advise(start, size & ~(HugePageBytes - 1), AdviseHugePages);
        }

        return new FlatMemory(start, bytes);
    }

    /// <summary>Maps the first <paramref name="bytes"/> bytes of a file.</summary>
    /// <param name="file">Readable and writable, at least that long or growing to it; owned from now on, closed with the memory.</param>
    /// <param name="bytes">1 or more.</param>
    /// <remarks>The disk must have the room: where a hole of the file cannot be filled later, the system ends the process.</remarks>
    public static FlatMemory Map(FileStream file, long bytes)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        MemoryMappedFile? map = null;
        try
        {
            map = MemoryMappedFile.CreateFromFile(file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            return new FlatMemory(file, map, map.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.ReadWrite), bytes);
        }
        catch
        {
            map?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Maps the whole of a file to be read.</summary>
    /// <param name="path">Not empty.</param>
    /// <remarks>Whoever cuts the file short meanwhile ends the process: replace it by renaming another.</remarks>
    internal static FlatMemory MapToRead(string path)
    {
        FileStream file = File.OpenRead(path);
        MemoryMappedFile? map = null;
        try
        {
            map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new FlatMemory(file, map, map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), file.Length);
        }
        catch
        {
            map?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Drops the pages of a mapped file from the process; the next access brings them back from the file.</summary>
    /// <remarks>May be called while others read and write. Does nothing to memory of the process, and nothing but on Linux.</remarks>
    public void TrimResidency()
    {
        if (!IsMapped || !OperatingSystem.IsLinux())
        {
            return;
        }

        lock (_gate)
        {
            if (_start != null)
            {
                // The mapping is shared: dirty pages stay in the file's cache. Advice: nothing depends on it.
                _ = Advise(_start, (nuint)Length, AdviseDontNeed);
            }
        }
    }

    /// <summary>Gives the memory back; nobody may use it any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Free();
        }

        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start == null)
        {
            return;
        }

        if (_view is null)
        {
            NativeMemory.AlignedFree(_start);
        }
        else
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map!.Dispose();
            _file!.Dispose();
        }

        _start = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nuint bytes, int advice);
}
