using System.Buffers;
using Bytemill.Corpus;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Pipeline;

/// <summary>What this node has of one work file that is in an object store: pages in a file of the same length on its disk, each fetched once, whoever asks.</summary>
internal sealed class WorkCopy
{
    /// <summary>What is fetched at least.</summary>
    public const int PageBytes = 1 << 15;

    // In one request.
    private const int MostPages = 32;

    private readonly WorkCopies _copies;
    private readonly StoredFile _file;
    private readonly Lock _gate = new();

    // Each page's fetching; null where it has not begun.
    private readonly Task?[] _pages;

    /// <param name="copies">Those of the node.</param>
    /// <param name="file">The work file.</param>
    /// <param name="localPath">Full path on this node's disk.</param>
    /// <param name="isWhole">Whether all of it is there; else nothing is.</param>
    public WorkCopy(WorkCopies copies, StoredFile file, string localPath, bool isWhole)
    {
        (_copies, _file, LocalPath) = (copies, file, localPath);
        _pages = new Task?[(file.LengthBytes + PageBytes - 1) / PageBytes];
        if (isWhole)
        {
            Array.Fill(_pages, Task.CompletedTask);
            HeldBytes = file.LengthBytes;
            return;
        }

        using SafeFileHandle made = File.OpenHandle(localPath, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.SetLength(made, file.LengthBytes);
    }

    /// <summary>Path of the work file.</summary>
    public string Path => _file.Path;

    public string LocalPath { get; }

    public long LengthBytes => _file.LengthBytes;

    /// <summary>Bytes on the disk, or on their way. Guarded by <see cref="WorkCopies"/>.</summary>
    public long HeldBytes { get; set; }

    /// <summary>How many use it. Guarded by <see cref="WorkCopies"/>.</summary>
    public int Leases { get; set; }

    /// <summary>Begins to fetch what is missing of a stretch.</summary>
    public void Request(long position, long lengthBytes) => Fetch(position, lengthBytes, wanted: null);

    /// <summary>Waits until a stretch is on the disk.</summary>
    /// <exception cref="IOException">It cannot be fetched, or the disk is full.</exception>
    public void Require(long position, long lengthBytes)
    {
        var wanted = new List<Task>();
        Fetch(position, lengthBytes, wanted);
        foreach (Task task in wanted)
        {
            task.GetAwaiter().GetResult();
        }
    }

    private void Fetch(long position, long lengthBytes, List<Task>? wanted)
    {
        long end = Math.Min(position + lengthBytes, LengthBytes);
        int next = (int)(position / PageBytes);
        int last = (int)((end + PageBytes - 1) / PageBytes);
        lock (_gate)
        {
            while (next < last)
            {
                int count = 1;
                if (IsMissing(next))
                {
                    while (count < MostPages && next + count < last && IsMissing(next + count))
                    {
                        count++;
                    }

                    Array.Fill(_pages, FetchAsync(next, count), next, count);
                }

                Task page = _pages[next]!;
                if (wanted is not null && !page.IsCompletedSuccessfully && (wanted.Count == 0 || wanted[^1] != page))
                {
                    wanted.Add(page);
                }

                next += count;
            }
        }
    }

    private bool IsMissing(int page) => _pages[page] is null or { IsFaulted: true } or { IsCanceled: true };

    private async Task FetchAsync(int page, int count)
    {
        long start = (long)page * PageBytes;
        int length = (int)Math.Min((long)count * PageBytes, LengthBytes - start);
        bool isDone = false;
        _copies.Take(this, length);
        try
        {
            // Whoever asked holds a lock.
            await Task.Yield();
            await _copies.Slots.WaitAsync().ConfigureAwait(false);
            try
            {
                await FetchAsync(start, length).ConfigureAwait(false);
                isDone = true;
            }
            finally
            {
                _copies.Slots.Release();
            }
        }
        finally
        {
            _copies.Return(this, isDone ? 0 : length);
        }
    }

    private async Task FetchAsync(long start, int length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await _copies.Store.ReadAsync(_file, start, buffer.AsMemory(0, length)).ConfigureAwait(false);
            try
            {
                Write(buffer.AsSpan(0, length), start);
            }
            catch (IOException e) when (UserErrors.IsDiskFull(e))
            {
                // Others can be fetched again.
                _copies.Drop();
                Write(buffer.AsSpan(0, length), start);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, long position)
    {
        using SafeFileHandle file = File.OpenHandle(LocalPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, position);
    }
}
