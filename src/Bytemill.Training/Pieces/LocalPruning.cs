namespace Bytemill.Training;

/// <summary>Carries out the steps of <see cref="PruningState"/> in one process.</summary>
internal sealed class LocalPruning : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly KeyRanges _ranges;
    private readonly IScratchSpace _scratch;
    private readonly CancellationToken _ct;
    private readonly ScratchFile?[] _kept;
    private readonly ScratchFile?[] _dropped;
    private readonly ScratchFile?[] _runs;
    private readonly ScratchFile?[] _ranked;
    private RankCut? _cut;

    public LocalPruning(TrainerOptions options, KeyRanges ranges, IScratchSpace scratch, CancellationToken ct)
    {
        (_options, _ranges, _scratch, _ct) = (options, ranges, scratch, ct);
        _kept = new ScratchFile?[ranges.Count];
        _dropped = new ScratchFile?[ranges.Count];
        _runs = new ScratchFile?[ranges.Count];
        _ranked = new ScratchFile?[ranges.Count];
    }

    /// <summary>The kept slice of every shard, whenever a size has been reached; read them before going on.</summary>
    /// <param name="counted">Counted slice of every shard.</param>
    public IEnumerable<(int Size, IReadOnlyList<RunOpener> Kept)> Run(IReadOnlyList<RunOpener> counted)
    {
        PruningState state = PruningState.Start(_options.MaxVocabSizes);
        while (state.Step is not PruningStep.Finished)
        {
            if (state.Step is PruningStep.EmitVocabulary emit)
            {
                yield return (emit.Size, Openers(_kept));
            }

            state = state.Next(Do(state, counted));
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
                    PieceFilter.Filter(counted[shard], shard, _ranges, _options, kept, dropped, _ct).Kept);
            case PruningStep.SplitDropped:
                Split(_dropped);
                break;
            case PruningStep.SplitKept:
                Split(_kept);
                break;
            case PruningStep.Combine combine:
                return Combine(combine.WithBase);
            case PruningStep.RankSlices rank:
                ForEachShard(shard => Replace(_ranked, shard, output => PieceRanking.Rank(_kept[shard]!.Open, _scratch, output, _ct)));
                _cut = PieceRanking.FindCut(Openers(_ranked), rank.Keep, _ct);
                break;
            case PruningStep.CutSlices:
                RunOpener[] slices = Openers(_kept);
                return Divide((shard, kept, dropped) => PieceRanking.Cut(slices[shard], _cut!, kept, dropped, _ct).Kept);
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
        PieceTable table = PieceTable.Load(Openers(_kept), _ct);
        ForEachShard(shard => Replace(_runs, shard, output => PieceSplitter.Split(table, slices[shard]!.Open, _ranges, output, _ct)));
    }

    private long Combine(bool withBase)
    {
        long total = 0;
        RunOpener[] runs = Openers(_runs);
        ForEachShard(shard => Replace(
            _kept,
            shard,
            output => total += PieceRunMerger.Merge(runs, shard, withBase ? _kept[shard]!.Open : null, _scratch, output, _ct).Pieces));
        return total;
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
