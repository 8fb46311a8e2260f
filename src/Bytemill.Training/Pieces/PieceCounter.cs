using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>Counts pieces in bounded memory and writes them as one run. For one thread.</summary>
public sealed class PieceCounter : IDisposable
{
    private readonly KeyRanges _ranges;
    private readonly long _bufferBytes;
    private readonly IScratchSpace _scratch;
    private readonly int _fanIn;
    private readonly BlockCodec _codec = new();
    private readonly PieceArena _arena = new();
    private List<RunSource> _spills = [];

    // Open addressing; a slot holds an entry's number plus 1 and the upper half of its hash.
    private ulong[] _slots = new ulong[512];

    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="bufferBytes">Memory for distinct pieces; more are spilled.</param>
    /// <param name="scratch">Where to spill.</param>
    public PieceCounter(KeyRanges ranges, long bufferBytes, IScratchSpace scratch)
        : this(ranges, bufferBytes, scratch, RunMerge.FanIn)
    {
    }

    internal PieceCounter(KeyRanges ranges, long bufferBytes, IScratchSpace scratch, int fanIn)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentOutOfRangeException.ThrowIfNegative(bufferBytes);
        _ranges = ranges;
        _bufferBytes = bufferBytes;
        _scratch = scratch;
        _fanIn = fanIn;
    }

    /// <summary>Adds to the count of a piece.</summary>
    /// <param name="piece">One byte or more; may be as long as a whole chunk.</param>
    /// <param name="count">At least 1.</param>
    /// <exception cref="OverflowException">The piece's count exceeds 64 bits.</exception>
    public void Add(ReadOnlySpan<byte> piece, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfZero(piece.Length, nameof(piece));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ulong hash = Hash(piece);
        int slot = Find(piece, hash);
        if (_slots[slot] != 0)
        {
            ref long sum = ref _arena.CountOf((int)(uint)_slots[slot] - 1);
            sum = checked(sum + count);
            return;
        }

        bool mustGrow = 2 * (_arena.Count + 1) > _slots.Length;
        long slotBytes = sizeof(ulong) * (mustGrow ? 2L : 1L) * _slots.Length;
        if (_arena.Count > 0 && _arena.MemoryBytesWith(piece.Length) > _bufferBytes - slotBytes)
        {
            Spill();
            mustGrow = false;
            slot = Find(piece, hash);
        }

        int index = _arena.Add(piece, count);
        _slots[slot] = (hash & 0xFFFF_FFFF_0000_0000) | (uint)(index + 1);
        if (mustGrow)
        {
            Grow();
        }
    }

    /// <summary>Writes what was counted as one run, and starts anew.</summary>
    /// <param name="output">Receives the run file; left open.</param>
    public RunSummary WriteTo(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_spills.Count == 0)
        {
            return WriteBuffer(output);
        }

        if (_arena.Count > 0)
        {
            Spill();
        }

        _spills = RunMerge.Reduce(
            _spills, RunKind.PieceRun, _fanIn, _scratch, (group, merged) => MergeSpills(group, merged), CancellationToken.None);
        RunSummary summary = MergeSpills(_spills, output);
        DropSpills();
        return summary;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DropSpills();
        _codec.Dispose();
    }

    private static ulong Hash(ReadOnlySpan<byte> piece)
    {
        const ulong Factor = 0x9E37_79B9_7F4A_7C15;
        ulong hash = (ulong)piece.Length * Factor;
        while (piece.Length >= sizeof(ulong))
        {
            hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetReference(piece))) * Factor;
            hash ^= hash >> 29;
            piece = piece[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (byte value in piece)
        {
            rest = (rest << 8) | value;
        }

        hash = (hash ^ rest) * Factor;
        hash ^= hash >> 32;
        return hash * Factor;
    }

    private int Find(ReadOnlySpan<byte> piece, ulong hash)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)(hash >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            ulong entry = _slots[slot];
            if (entry == 0 || (((entry ^ hash) >> 32) == 0 && _arena.Piece((int)(uint)entry - 1).SequenceEqual(piece)))
            {
                return slot;
            }
        }
    }

    private void Grow()
    {
        ulong[] before = _slots;
        _slots = new ulong[2 * before.Length];
        int mask = _slots.Length - 1;
        foreach (ulong entry in before)
        {
            if (entry != 0)
            {
                int slot = (int)(entry >> 32) & mask;
                while (_slots[slot] != 0)
                {
                    slot = (slot + 1) & mask;
                }

                _slots[slot] = entry;
            }
        }
    }

    private void Spill()
    {
        Stream stream = _scratch.Create();
        _codec.Compresses = false;
        WriteBuffer(stream);
        _codec.Compresses = true;
        _spills.Add(new RunSource(stream, RunKind.PieceRun));
    }

    private RunSummary WriteBuffer(Stream output)
    {
        using var run = new RunWriter(output, RunKind.PieceRun, _codec);
        var writer = new PieceWriter(run.Segment);
        foreach (int index in _arena.SortByBytes())
        {
            ReadOnlySpan<byte> piece = _arena.Piece(index);
            run.EndSegmentsBefore(KeyRanges.KeyOf(piece), _ranges);
            writer.Write(piece, _arena.CountOf(index));
        }

        run.EndSegmentsBefore(null, _ranges);
        _arena.Clear();
        _slots.AsSpan().Clear();
        return run.Finish();
    }

    private RunSummary MergeSpills(IReadOnlyList<RunSource> spills, Stream output)
    {
        using var run = new RunWriter(output, RunKind.PieceRun, _codec);
        var writer = new PieceWriter(run.Segment);
        for (int shard = 0; shard < _ranges.Count; shard++)
        {
            using PieceMerger<ByteOrder> merger = PieceMerger<ByteOrder>.Open(spills, shard, _codec);
            while (merger.Next())
            {
                writer.Write(merger.Piece, merger.Count);
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
}
