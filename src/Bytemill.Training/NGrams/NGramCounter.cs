using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Counts the n-grams of chunks in bounded memory and writes them as one run. For one thread.</summary>
/// <remarks>
/// Keeps one packed key per position: the n-gram of full order, or the shorter tail at a chunk's end. Shorter n-grams follow from
/// the sorted keys by adding up over prefixes (<see cref="NGramSliceMerger"/>). A full buffer is sorted, counted and spilled.
/// </remarks>
public sealed unsafe class NGramCounter : IDisposable
{
    private const int SmallestCapacity = 16;

    private readonly int _order;
    private readonly KeyRanges _ranges;
    private readonly IScratchSpace _scratch;
    private readonly int _fanIn;
    private readonly BlockCodec _codec = new();
    private readonly long _capacity;
    private List<RunSource> _spills = [];

    // Full n-grams fill the buffer from the front; tails, with their length in the lowest byte, from the back.
    private ulong* _keys;
    private ulong* _temp;
    private long _full;
    private long _tails;

    /// <param name="order">Longest n-gram counted, in bytes; 1 to 8.</param>
    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="bufferBytes">Memory for keys; 16 bytes per position of text. More is spilled.</param>
    /// <param name="scratch">Where to spill.</param>
    public NGramCounter(int order, KeyRanges ranges, long bufferBytes, IScratchSpace scratch)
        : this(order, ranges, bufferBytes, scratch, RunMerge.FanIn)
    {
    }

    internal NGramCounter(int order, KeyRanges ranges, long bufferBytes, IScratchSpace scratch, int fanIn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, PackedNGram.MaxLength);
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferBytes);
        _order = order;
        _ranges = ranges;
        _scratch = scratch;
        _fanIn = fanIn;
        _capacity = Math.Max(SmallestCapacity, bufferBytes / (2 * sizeof(ulong)));
        _keys = (ulong*)NativeMemory.Alloc((nuint)_capacity, sizeof(ulong));
        _temp = (ulong*)NativeMemory.Alloc((nuint)_capacity, sizeof(ulong));
    }

    /// <summary>Frees the buffer when <see cref="Dispose"/> was forgotten.</summary>
    ~NGramCounter() => Free();

    /// <summary>Bytes of text added since the last <see cref="WriteTo"/>.</summary>
    public long BytesAdded { get; private set; }

    /// <summary>Counts the n-grams of one chunk; none crosses its edges.</summary>
    public void Add(ReadOnlySpan<byte> chunk)
    {
        ObjectDisposedException.ThrowIf(_keys == null, this);
        BytesAdded += chunk.Length;
        int fullPositions = Math.Max(0, chunk.Length - _order + 1);
        int position = 0;
        while (position < fullPositions)
        {
            long room = _capacity - _full - _tails;
            if (room == 0)
            {
                Spill();
                continue;
            }

            int take = (int)Math.Min(room, fullPositions - position);
            AddFull(chunk[position..], take);
            position += take;
        }

        for (; position < chunk.Length; position++)
        {
            if (_full + _tails == _capacity)
            {
                Spill();
            }

            // A tail is shorter than 8 bytes: the lowest byte is free for its length.
            ReadOnlySpan<byte> tail = chunk[position..];
            _tails++;
            _keys[_capacity - _tails] = PackedNGram.Pack(tail) | (uint)tail.Length;
        }
    }

    /// <summary>Writes what was counted as one run, and starts anew.</summary>
    /// <param name="output">Receives the run file; left open.</param>
    public RunSummary WriteTo(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(_keys == null, this);
        RunSummary summary;
        if (_spills.Count == 0)
        {
            summary = WriteBuffer(output);
        }
        else
        {
            if (_full + _tails > 0)
            {
                Spill();
            }

            _spills = RunMerge.Reduce(
                _spills, RunKind.NGramRun, _fanIn, _scratch, (group, merged) => MergeSpills(group, merged), CancellationToken.None);
            summary = MergeSpills(_spills, output);
            DropSpills();
        }

        BytesAdded = 0;
        return summary;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        DropSpills();
        _codec.Dispose();
        GC.SuppressFinalize(this);
    }

    private void AddFull(ReadOnlySpan<byte> text, int positions)
    {
        ulong mask = PackedNGram.Mask(_order);
        // SAFETY: the caller gives at most as many positions as there is room for.
        ulong* target = _keys + _full;
        int fast = Math.Min(positions, text.Length - sizeof(ulong) + 1);
        int i = 0;
        ref byte first = ref MemoryMarshal.GetReference(text);
        for (; i < fast; i++)
        {
            // SAFETY: i + 8 <= text.Length.
            ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, i));
            target[i] = (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) & mask;
        }

        for (; i < positions; i++)
        {
            target[i] = PackedNGram.Pack(text.Slice(i, _order));
        }

        _full += positions;
    }

    private void Spill()
    {
        Stream stream = _scratch.Create();
        _codec.Compresses = false;
        WriteBuffer(stream);
        _codec.Compresses = true;
        _spills.Add(new RunSource(stream, RunKind.NGramRun));
    }

    private RunSummary WriteBuffer(Stream output)
    {
        ulong* tails = _keys + _capacity - _tails;
        KeySorter.Sort(_keys, _temp, _full, PackedNGram.MaxLength - _order);
        KeySorter.Sort(tails, _temp, _tails, 0);

        using var run = new RunWriter(output, RunKind.NGramRun, _codec);
        var writer = new NGramWriter(run.Segment);
        long full = 0;
        long tail = 0;
        for (int shard = 0; shard < _ranges.Count; shard++)
        {
            bool isLast = shard + 1 == _ranges.Count;
            ulong end = isLast ? 0 : _ranges.Starts[shard + 1];
            while (true)
            {
                bool hasFull = full < _full && (isLast || _keys[full] < end);
                bool hasTail = tail < _tails && (isLast || (tails[tail] & ~0xFFUL) < end);
                // At the same padded key the tail, being shorter, comes first.
                if (hasTail && (!hasFull || (tails[tail] & ~0xFFUL) <= _keys[full]))
                {
                    ulong key = tails[tail];
                    long start = tail;
                    do
                    {
                        tail++;
                    }
                    while (tail < _tails && tails[tail] == key);
                    writer.Write(key & ~0xFFUL, (int)(key & 0xFF), tail - start);
                }
                else if (hasFull)
                {
                    ulong key = _keys[full];
                    long start = full;
                    do
                    {
                        full++;
                    }
                    while (full < _full && _keys[full] == key);
                    writer.Write(key, _order, full - start);
                }
                else
                {
                    break;
                }
            }

            run.EndSegment();
        }

        (_full, _tails) = (0, 0);
        return run.Finish();
    }

    private RunSummary MergeSpills(IReadOnlyList<RunSource> spills, Stream output)
    {
        using var run = new RunWriter(output, RunKind.NGramRun, _codec);
        var writer = new NGramWriter(run.Segment);
        for (int shard = 0; shard < _ranges.Count; shard++)
        {
            using NGramMerger merger = NGramMerger.Open(spills, shard, _codec);
            while (merger.Next())
            {
                writer.Write(merger.Key, merger.Length, merger.Count);
            }

            run.EndSegment();
        }

        return run.Finish();
    }

    private void DropSpills()
    {
        _spills.ForEach(spill => spill.Dispose());
        _spills = [];
    }

    private void Free()
    {
        NativeMemory.Free(_keys);
        NativeMemory.Free(_temp);
        _keys = null;
        _temp = null;
    }
}
