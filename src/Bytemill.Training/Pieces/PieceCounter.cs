namespace Bytemill.Training;

/// <summary>Counts pieces in bounded memory and writes them as one run. For one thread.</summary>
public sealed class PieceCounter : IDisposable
{
    private readonly KeyRanges _ranges;
    private readonly long _bufferBytes;
    private readonly IScratchSpace _scratch;
    private readonly int _fanIn;
    private readonly BlockCodec _codec = new();
    private readonly PieceCountTable _table = new();
    private readonly int[] _oneEnd = new int[1];
    private List<RunSource> _spills = [];

    /// <param name="ranges">Shards that the run is divided into.</param>
    /// <param name="bufferBytes">Memory for distinct pieces, and for growing and sorting; more are spilled. One piece, and 20 kB, are held in any case.</param>
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
        _oneEnd[0] = piece.Length;
        _table.Prepare(piece, 0, _oneEnd);
        CountPrepared(piece, 0, count);
    }

    /// <summary>Adds to the counts of pieces that lie one behind the other; faster than one by one.</summary>
    /// <param name="text">The pieces.</param>
    /// <param name="ends">Where each ends, strictly ascending from 1 on.</param>
    /// <param name="count">What is added for each, at least 1.</param>
    /// <exception cref="OverflowException">A piece's count exceeds 64 bits.</exception>
    public void AddAll(ReadOnlySpan<byte> text, ReadOnlySpan<int> ends, long count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int start = 0;
        while (ends.Length > 0)
        {
            ReadOnlySpan<int> batch = ends[..Math.Min(PieceCountTable.BatchPieces, ends.Length)];
            ends = ends[batch.Length..];
            CheckAscending(start, batch, text.Length);
            _table.Prepare(text, start, batch);
            for (int i = 0; i < batch.Length; i++)
            {
                CountPrepared(text, i, count);
            }

            start = batch[^1];
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

        if (_table.Count > 0)
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
        _table.Dispose();
    }

    private static void CheckAscending(int start, ReadOnlySpan<int> ends, int length)
    {
        foreach (int end in ends)
        {
            if (end <= start || end > length)
            {
                throw new ArgumentException($"Piece ends must ascend to at most {length}; found {end} after {start}.", nameof(ends));
            }

            start = end;
        }
    }

    private void CountPrepared(ReadOnlySpan<byte> text, int index, long count)
    {
        if (_table.TryCount(text, index, count))
        {
            return;
        }

        if (_table.Count > 0 && _table.MemoryBytesWith(_table.PreparedLength(index)) > _bufferBytes)
        {
            Spill();
        }

        _table.Insert(text, index, count);
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
        Span<byte> room = stackalloc byte[16];
        _table.Sort();
        for (long i = 0; i < _table.Count; i++)
        {
            ReadOnlySpan<byte> piece = _table.Sorted(i, room, out ulong key, out long count);
            run.EndSegmentsBefore(key, _ranges);
            writer.Write(piece, count);
        }

        run.EndSegmentsBefore(null, _ranges);
        _table.Clear();
        return run.Finish() with { TextBytes = writer.TextBytes };
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

        return run.Finish() with { TextBytes = writer.TextBytes };
    }

    private void DropSpills()
    {
        _spills.ForEach(spill => spill.Dispose());
        _spills = [];
    }
}
