using System.Globalization;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>
/// Copies of a job's work files on a disk of this node, of the parts that were read: those used last, within a number of bytes. What is in use stays,
/// whatever the number.
/// </summary>
internal sealed class WorkCopies
{
    // Each takes up to 1 MiB of memory.
    private const int RequestsAtOnce = 8;

    // Of each something is kept in memory, too.
    private const int MostCopies = 10_000;

    private readonly string _directory;
    private readonly long _capacityBytes;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lazy<WorkCopy>> _opening = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<WorkCopy>> _copies = new(StringComparer.Ordinal);

    // The one used last stands first.
    private readonly LinkedList<WorkCopy> _order = new();
    private int _made;

    /// <param name="store">Where the work files are.</param>
    /// <param name="directory">Full path of a directory for the copies alone.</param>
    /// <param name="capacityBytes">Bytes that they may take.</param>
    public WorkCopies(IStore store, string directory, long capacityBytes) => (Store, _directory, _capacityBytes) = (store, directory, capacityBytes);

    public IStore Store { get; }

    /// <summary>Holds requests back while many are under way.</summary>
    public SemaphoreSlim Slots { get; } = new(RequestsAtOnce);

    /// <summary>Bytes of all copies.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Uses a copy until <see cref="Return"/>; of a file that is not known yet, one without any content.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="look">Looks for it; <c>null</c> for a look of its own.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public WorkCopy Open(string path, Func<StoredFile?>? look = null)
    {
        while (true)
        {
            Lazy<WorkCopy> opening;
            lock (_gate)
            {
                if (_copies.TryGetValue(path, out LinkedListNode<WorkCopy>? known))
                {
                    return Use(known);
                }

                if (!_opening.TryGetValue(path, out opening!))
                {
                    _opening.Add(path, opening = new Lazy<WorkCopy>(() => Find(path, look)));
                }
            }

            // From here on it is known, unless it is dropped this very moment.
            _ = opening.Value;
        }
    }

    /// <summary>Makes a file of this machine, which has just been put into the store, the copy of what it is there.</summary>
    /// <param name="localPath">Full path; stays there.</param>
    /// <param name="path">Path in the store.</param>
    public void Adopt(string localPath, string path)
    {
        var copy = new WorkCopy(this, new StoredFile(path, new FileInfo(localPath).Length, Version: ""), localPath, isWhole: true);
        lock (_gate)
        {
            Add(copy);
            HeldBytes += copy.HeldBytes;
            Evict();
        }
    }

    /// <summary>Counts a use, and bytes that are about to be written.</summary>
    public void Take(WorkCopy copy, long bytes)
    {
        lock (_gate)
        {
            copy.Leases++;
            copy.HeldBytes += bytes;
            if (IsKnown(copy))
            {
                HeldBytes += bytes;
                Evict();
            }
        }
    }

    /// <summary>Ends a use.</summary>
    /// <param name="copy">What was used.</param>
    /// <param name="unwrittenBytes">Of those that were about to be written, what was not.</param>
    public void Return(WorkCopy copy, long unwrittenBytes = 0)
    {
        lock (_gate)
        {
            copy.Leases--;
            copy.HeldBytes -= unwrittenBytes;
            if (IsKnown(copy))
            {
                HeldBytes -= unwrittenBytes;
                Evict();
            }
            else if (copy.Leases == 0)
            {
                Delete(copy);
            }
        }
    }

    /// <summary>Deletes all copies, each when nobody uses it any more.</summary>
    public void Drop() => Forget("");

    /// <summary>Deletes copies of files below a directory, each when nobody uses it any more.</summary>
    /// <param name="prefix">What their paths begin with.</param>
    public void Forget(string prefix)
    {
        lock (_gate)
        {
            foreach (LinkedListNode<WorkCopy> node in _copies.Values.Where(node => node.Value.Path.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                Remove(node);
            }
        }
    }

    private WorkCopy Find(string path, Func<StoredFile?>? look)
    {
        WorkCopy? copy = null;
        try
        {
            StoredFile file = look?.Invoke() ?? Store.Find(path) ?? throw new FileNotFoundException($"Work file '{path}' is gone.", path);
            Directory.CreateDirectory(_directory);
            return copy = new WorkCopy(this, file, Path.Combine(_directory, Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture)), isWhole: false);
        }
        finally
        {
            lock (_gate)
            {
                _opening.Remove(path);
                if (copy is not null)
                {
                    Add(copy);
                }
            }
        }
    }

    private bool IsKnown(WorkCopy copy) => _copies.TryGetValue(copy.Path, out LinkedListNode<WorkCopy>? known) && known.Value == copy;

    private void Add(WorkCopy copy) => _copies.Add(copy.Path, _order.AddFirst(copy));

    private WorkCopy Use(LinkedListNode<WorkCopy> node)
    {
        _order.Remove(node);
        _order.AddFirst(node);
        node.Value.Leases++;
        return node.Value;
    }

    private void Evict()
    {
        LinkedListNode<WorkCopy>? next = _order.Last;
        while ((HeldBytes > _capacityBytes || _order.Count > MostCopies) && next is { } node)
        {
            next = node.Previous;
            if (node.Value is { Leases: 0, HeldBytes: > 0 })
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<WorkCopy> node)
    {
        _order.Remove(node);
        _copies.Remove(node.Value.Path);
        HeldBytes -= node.Value.HeldBytes;
        if (node.Value.Leases == 0)
        {
            Delete(node.Value);
        }
    }

    private static void Delete(WorkCopy copy)
    {
        try
        {
            File.Delete(copy.LocalPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the directory at the end of the job.
        }
    }
}
