namespace Bytemill.Corpus;

/// <summary>Stretches of objects that have been fetched or are being fetched, those used last, within a number of bytes for the whole process.</summary>
internal sealed class BlockCache
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<Block>> _blocks = [];

    // The one used last stands first.
    private readonly LinkedList<Block> _order = new();
    private long _capacityBytes;
    private long _heldBytes;

    public BlockCache(long capacityBytes) => _capacityBytes = capacityBytes;

    /// <summary>A stretch of one version of an object.</summary>
    internal readonly record struct Key(string Path, string Version, long Start, int Length);

    /// <summary>Bytes that blocks may take together; one block may always be held.</summary>
    public long CapacityBytes
    {
        get => Interlocked.Read(ref _capacityBytes);
        set => Interlocked.Exchange(ref _capacityBytes, value);
    }

    /// <summary>The content of a block, which is fetched unless it is held or on its way.</summary>
    public Task<byte[]> Get(Key key, Func<Key, Task<byte[]>> fetch)
    {
        lock (_gate)
        {
            if (_blocks.TryGetValue(key, out LinkedListNode<Block>? held) && !held.Value.Content.IsFaulted && !held.Value.Content.IsCanceled)
            {
                _order.Remove(held);
                _order.AddFirst(held);
                return held.Value.Content;
            }

            if (held is not null)
            {
                Remove(held);
            }

            var node = _order.AddFirst(new Block(key, fetch(key)));
            _blocks.Add(key, node);
            _heldBytes += key.Length;
            while (_heldBytes > CapacityBytes && _order.Last is { } last && last != node)
            {
                Remove(last);
            }

            return node.Value.Content;
        }
    }

    /// <summary>The content of a block if it is held, or on its way; else null.</summary>
    public Task<byte[]>? TryGet(Key key)
    {
        lock (_gate)
        {
            return _blocks.TryGetValue(key, out LinkedListNode<Block>? held) && !held.Value.Content.IsFaulted && !held.Value.Content.IsCanceled ? held.Value.Content : null;
        }
    }

    private void Remove(LinkedListNode<Block> node)
    {
        _order.Remove(node);
        _blocks.Remove(node.Value.Key);
        _heldBytes -= node.Value.Key.Length;
    }

    private readonly record struct Block(Key Key, Task<byte[]> Content);
}
