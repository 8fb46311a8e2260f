namespace Bytemill.Training;

/// <summary>What is merged into one stream of pieces, brought down to as many runs as memory allows at once.</summary>
internal sealed class PieceMergeInputs : IDisposable
{
    // A block, its share of the reader, and the buffer of the file.
    private const long BytesPerReader = (SegmentWriter.BlockBytes * 3L / 2) + (64 << 10);

    private readonly BlockCodec _codec = new();
    private List<RunSource> _sources;

    private PieceMergeInputs(List<RunSource> sources)
    {
        _sources = sources;
    }

    /// <summary>Runs merged at once in that much memory.</summary>
    public static int FanInFor(long memoryBytes) => (int)Math.Clamp(memoryBytes / BytesPerReader, 2, RunMerge.FanIn);

    /// <summary>Takes one segment of every run, or all as one with <see cref="RunSource.AllSegments"/>, and whole slices.</summary>
    public static PieceMergeInputs Reduce<TOrder>(
        IEnumerable<RunSource> sources, RunKind kind, int fanIn, IScratchSpace scratch, long most, CancellationToken ct)
        where TOrder : struct, IPieceOrder
    {
        var inputs = new PieceMergeInputs([.. sources]);
        try
        {
            inputs._sources = RunMerge.Reduce(
                inputs._sources,
                kind,
                fanIn,
                scratch,
                (group, output) =>
                {
                    using PieceMerger<TOrder> merger = PieceMerger<TOrder>.Open(group, 0, inputs._codec);
                    Write(merger, kind, output, inputs._codec, most, ct);
                },
                ct);
            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    public PieceMerger<TOrder> Open<TOrder>()
        where TOrder : struct, IPieceOrder => PieceMerger<TOrder>.Open(_sources, 0, _codec);

    /// <summary>Merges into one file of one segment.</summary>
    public RunSummary WriteTo<TOrder>(Stream output, RunKind kind, CancellationToken ct)
        where TOrder : struct, IPieceOrder
    {
        using PieceMerger<TOrder> merger = Open<TOrder>();
        return Write(merger, kind, output, _codec, long.MaxValue, ct);
    }

    public void Dispose()
    {
        _sources.ForEach(source => source.Dispose());
        _codec.Dispose();
    }

    private static RunSummary Write<TOrder>(
        PieceMerger<TOrder> merger, RunKind kind, Stream output, BlockCodec codec, long most, CancellationToken ct)
        where TOrder : struct, IPieceOrder
    {
        using var run = new RunWriter(output, kind, codec);
        var writer = new PieceWriter(run.Segment);
        for (long i = 1; i <= most && merger.Next(); i++)
        {
            writer.Write(merger.Piece, merger.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        run.EndSegment();
        return run.Finish() with { TextBytes = writer.TextBytes };
    }
}
