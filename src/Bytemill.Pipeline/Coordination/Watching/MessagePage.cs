using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Collects the items of an answer until it is as large as a message should be; the first always fits.</summary>
/// <param name="mostBytes">Bytes that the items may take on the wire.</param>
internal sealed class MessagePage<T>(int mostBytes)
{
    // Tag and length of an item.
    private const int FrameBytes = 4;

    private readonly ImmutableArray<T>.Builder _items = ImmutableArray.CreateBuilder<T>();
    private int _bytes;

    public ImmutableArray<T> Items => _items.ToImmutable();

    public int Count => _items.Count;

    /// <summary>Whether there was room.</summary>
    public bool TryAdd(T item, int bytes)
    {
        _bytes += bytes + FrameBytes;
        if (_bytes > mostBytes && _items.Count > 0)
        {
            return false;
        }

        _items.Add(item);
        return true;
    }
}

internal static class MessagePage
{
    /// <summary>Well below the size from which base.conf has messages logged, which is far below that of a frame.</summary>
    public const int MostBytes = 28_000;
}
