namespace Bytemill.Training;

/// <summary>Carries out the steps of <see cref="PruningState"/> in one process.</summary>
internal sealed class LocalPruning : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly KeyRanges _ranges;
    private readonly long _memoryBytes;
    private readonly long _togetherBelow;
    private readonly IScratchSpace _scratch;
    private readonly CancellationToken _ct;
    private ScratchFile?[] _kept;
    private readonly ScratchFile?[] _dropped;
    private readonly ScratchFile?[] _runs;
    private readonly ScratchFile?[] _ranked;
    private RankCut? _cut;

    public LocalPruning(
        TrainerOptions options, KeyRanges ranges, long memoryBytes, long togetherBelow, IScratchSpace scratch, CancellationToken ct)
    {
        (_options, _ranges, _memoryBytes, _togetherBelow, _scratch, _ct) = (options, ranges, memoryBytes, togetherBelow, scratch, ct);
        _kept = new ScratchFile?[ranges.Count];
        _dropped = new ScratchFile?[ranges.Count];
        _runs = new ScratchFile?[ranges.Count];
        _ranked = new ScratchFile?[ranges.Count];
    }

    /// <summary>The kept slice of every shard, whenever a size has been reached; read them before going on.</summary>
    /// <param name="counted">Runs of counted pieces, with a segment for each shard.</param>
    public IEnumerable<(int Size, IReadOnlyList<RunOpener> Kept)> Run(IReadOnlyList<RunOpener> counted)
    {
        PruningState state = PruningState.Start(_options.MaxVocabSizes, _togetherBelow);
        while (state.Step is not PruningStep.Finished)
        {
            PruningStep step = state.Step;
            state = state.Next(Do(state, counted));
            int? emitted = step switch
            {
                PruningStep.EmitVocabulary emit => emit.Size,
                PruningStep.PruneTogether together => together.Size,
                _ => null,
            };
            if (emitted is { } size)
            {
                yield return (size, Openers(_kept));
            }
        }
    }

    public void Dispose()
    {
        foreach (ScratchFile? file in _kept.Concat(_dropped).Concat(_runs).Concat(_ranked))
        {
            file?.Dispose();
        }
    }

    private static RunOpener[] Openers(ScratchFile?[] files) => Array.ConvertAll(files, file => file!.Open);

    private long Do(PruningState state, IReadOnlyList<RunOpener> counted)
    {
        switch (state.Step)
        {
            case PruningStep.FilterSlices:
                return Divide((shard, kept, dropped) =>
                    PieceFilter.Filter(counted, shard, _ranges, _options, _memoryBytes, _scratch, kept, dropped, _ct).Kept);
            case PruningStep.SplitDropped:
                Split(_dropped);
                break;
            case PruningStep.SplitKept:
                Split(_kept);
                break;
            case PruningStep.Combine combine:
                return Combine(combine.WithBase);
            case PruningStep.RankSlices rank:
                ForEachShard(shard => Replace(_ranked, shard, output => PieceRanking.Rank(_kept[shard]!.Open, _memoryBytes, _scratch, output, _ct)));
                _cut = PieceRanking.FindCut(Openers(_ranked), rank.Keep, _memoryBytes, _scratch, _ct);
                break;
            case PruningStep.CutSlices:
                RunOpener[] slices = Openers(_kept);
                return Divide((shard, kept, dropped) => PieceRanking.Cut(slices[shard], _cut!, kept, dropped, _ct).Kept);
            case PruningStep.PruneTogether together:
                return PruneTogether(together);
            default:
                break;
        }

        return state.Pieces;
    }

    private long Divide(Func<int, Stream, Stream, long> divide)
    {
        long total = 0;
        ForEachShard(shard =>
        {
            ScratchFile? kept = null;
            Replace(_dropped, shard, dropped => kept = new ScratchFile(_scratch, output => total += divide(shard, output, dropped)));
            _kept[shard]?.Dispose();
            _kept[shard] = kept;
        });
        return total;
    }

    private void Split(ScratchFile?[] slices)
    {
        using PieceTable table = PieceTable.Load(Openers(_kept), _memoryBytes, _scratch, _ct);
        ForEachShard(shard => Replace(_runs, shard, output => PieceSplitter.Split(table, slices[shard]!.Open, _ranges, output, _ct)));
    }

    private long Combine(bool withBase)
    {
        long total = 0;
        RunOpener[] runs = Openers(_runs);
        ForEachShard(shard => Replace(
            _kept,
            shard,
            output => total += PieceRunMerger.Merge(runs, shard, withBase ? _kept[shard]!.Open : null, _memoryBytes, _scratch, output, _ct).Pieces));
        return total;
    }

    private long PruneTogether(PruningStep.PruneTogether step)
    {
        long pieces = 0;
        RunOpener[]? runs = step.WithParts ? Openers(_runs) : null;
        var together = new ScratchFile(_scratch, output =>
            pieces = PieceGathering.Prune(Openers(_kept), runs, step.Size, _memoryBytes, _scratch, output, _ct).Pieces);
        foreach (ScratchFile? file in _kept)
        {
            file?.Dispose();
        }

        _kept = [together];
        return pieces;
    }

    private void Replace(ScratchFile?[] files, int shard, Action<Stream> write)
    {
        var file = new ScratchFile(_scratch, write);
        files[shard]?.Dispose();
        files[shard] = file;
    }

    private void ForEachShard(Action<int> action)
    {
        for (int shard = 0; shard < _ranges.Count; shard++)
        {
            action(shard);
        }
    }
}
