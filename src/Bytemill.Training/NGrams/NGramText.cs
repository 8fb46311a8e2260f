using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Chunks of text in one block of memory of a fixed size, and room in the rest of it for the keys of their n-grams.</summary>
/// <remarks>
/// A position takes nine bits as text and 32 or 64 as a key. So text is what is kept, and it is read once for each range of keys that fits
/// the room. The block: a bit for each position, set at the last of a chunk; the text; room.
/// </remarks>
internal sealed unsafe class NGramText : IDisposable
{
    public const int SmallestBytes = 512;

    // Keys of a stretch are made at once, and then those of the wanted range moved on: neither loop branches on the text.
    private const int Stretch = 1024;

    private readonly int _order;
    private readonly ulong _mask;
    private readonly long _blockBytes;
    private readonly long _capacity;
    private byte* _block;
    private readonly byte* _text;

    // The last chunk may still grow: then its last n-grams are not known to be tails yet.
    private long _length;
    private long _openStart;
    private bool _isOpen;

    /// <param name="order">Longest n-gram, 1 to 8.</param>
    /// <param name="bytes">Size of the block; <see cref="SmallestBytes"/> when less. Text takes at most half of it.</param>
    public NGramText(int order, long bytes)
    {
        _order = order;
        _mask = PackedNGram.Mask(order);
        _blockBytes = Math.Max(SmallestBytes, bytes) & -sizeof(ulong);
        _capacity = (_blockBytes / 2 / 9 * 8) & -64;
        _block = LargeBlock.Allocate((nuint)_blockBytes);
        NativeMemory.Clear(_block, (nuint)(_capacity / 8));
        _text = _block + (_capacity / 8);
    }

    /// <summary>Frees the block when <see cref="Dispose"/> was forgotten.</summary>
    ~NGramText() => Free();

    public bool IsDisposed => _block == null;

    public long BlockBytes => _blockBytes;

    /// <summary>Whether no position is to be counted now.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Room for keys behind the text, aligned for them. Valid until text is added.</summary>
    public byte* Room(out long bytes)
    {
        // Loads of eight bytes at the text's last positions reach into the room, which is at least that large.
        long start = ((_capacity / 8) + _length + sizeof(ulong) - 1) & -sizeof(ulong);
        bytes = _blockBytes - start;
        return _block + start;
    }

    /// <summary>Adds the next bytes of a chunk, as many as fit.</summary>
    /// <returns>Bytes taken. The chunk is ended by taking its last.</returns>
    public int Add(ReadOnlySpan<byte> chunk)
    {
        int taken = (int)Math.Min(chunk.Length, _capacity - _length);
        if (!_isOpen)
        {
            _openStart = _length;
        }

        chunk[..taken].CopyTo(new Span<byte>(_text + _length, taken));
        _length += taken;
        _isOpen = taken < chunk.Length;
        if (!_isOpen)
        {
            Marks[(_length - 1) >> 6] |= 1UL << (int)((_length - 1) & 63);
        }

        return taken;
    }

    /// <summary>Forgets what was counted, and keeps the end of an open chunk, of which too little is known.</summary>
    public void Restart()
    {
        long kept = _isOpen ? Math.Min(_order - 1, _length - _openStart) : 0;
        Buffer.MemoryCopy(_text + _length - kept, _text, kept, kept);
        new Span<ulong>(Marks, (int)((_length + 63) >> 6)).Clear();
        _length = kept;
        _openStart = 0;
    }

    /// <summary>Calls the sink for each chunk's positions of full n-grams, and for each tail.</summary>
    [SkipLocalsInit]
    public void Scan<TSink>(ref TSink sink)
        where TSink : struct, INGramSink
    {
        ulong* keys = stackalloc ulong[Stretch];
        long start = 0;
        long word = 0;
        ulong marks = *Marks;
        while (start < _length)
        {
            while (marks == 0 && ((word + 1) << 6) < _length)
            {
                marks = Marks[++word];
            }

            bool isWhole = marks != 0;
            long end = isWhole ? (word << 6) + BitOperations.TrailingZeroCount(marks) + 1 : _length;
            marks &= marks - 1;

            long fullEnd = end - _order + 1;
            while (start < fullEnd)
            {
                int count = (int)Math.Min(Stretch, fullEnd - start);
                MakeKeys(_text + start, count, keys);
                sink.Full(keys, count);
                start += count;
            }

            if (isWhole)
            {
                for (; start < end; start++)
                {
                    int length = (int)(end - start);
                    sink.Tail(PackedNGram.Pack(new ReadOnlySpan<byte>(_text + start, length)), length);
                }
            }

            start = end;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private ulong* Marks => (ulong*)_block;

    private void MakeKeys(byte* text, int count, ulong* keys)
    {
        ulong mask = _mask;
        for (int i = 0; i < count; i++)
        {
            keys[i] = PackedNGram.BigEndian(Unsafe.ReadUnaligned<ulong>(text + i)) & mask;
        }
    }

    private void Free()
    {
        LargeBlock.Free(_block);
        _block = null;
    }
}
