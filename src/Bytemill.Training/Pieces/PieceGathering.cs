namespace Bytemill.Training;

/// <summary>Takes all steps from the shards' kept pieces to one vocabulary in one place, as one shard, in bounded memory.</summary>
public static class PieceGathering
{
    /// <summary>Carries out <see cref="PruningStep.PruneTogether"/>.</summary>
    /// <param name="keptSlicesInShardOrder">Kept pieces of every shard.</param>
    /// <param name="runs">What the dropped pieces were split into, to be added first; <c>null</c> when there are none.</param>
    /// <param name="size">The requested size, special tokens included.</param>
    /// <param name="memoryBytes">Memory for encoders, merging and sorting; more is spilled.</param>
    /// <param name="scratch">Where to spill.</param>
    /// <param name="output">Receives the kept slice of all shards, which is the vocabulary; left open.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A slice or a run is damaged.</exception>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public static GatheringSummary Prune(
        IReadOnlyList<RunOpener> keptSlicesInShardOrder,
        IReadOnlyList<RunOpener>? runs,
        int size,
        long memoryBytes,
        IScratchSpace scratch,
        Stream output,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(keptSlicesInShardOrder);
        ArgumentNullException.ThrowIfNull(scratch);
        ArgumentNullException.ThrowIfNull(output);
        using var work = new Work(memoryBytes, scratch, ct);
        PruningState state = PruningState.Unfold(
            new PruningStep.PruneTogether(size, runs is not null), work.Gather(keptSlicesInShardOrder, runs ?? []));
        while (state.Step is not PruningStep.EmitVocabulary)
        {
            state = state.Next(work.Do(state));
        }

        using Stream kept = work.Kept.Open();
        kept.CopyTo(output);
        return new GatheringSummary(state.Pieces);
    }

    private sealed class Work(long memoryBytes, IScratchSpace scratch, CancellationToken ct) : IDisposable
    {
        private ScratchFile? _kept;
        private ScratchFile? _dropped;

        public ScratchFile Kept => _kept!;

        // Adds the runs up at once, which is the first step when there are any.
        public long Gather(IReadOnlyList<RunOpener> slices, IReadOnlyList<RunOpener> runs)
        {
            long pieces = 0;
            _kept = new ScratchFile(scratch, output =>
                pieces = PieceRunMerger.MergeWithSlices(runs, RunSource.AllSegments, slices, memoryBytes, scratch, output, ct).Pieces);
            return pieces;
        }

        public long Do(PruningState state)
        {
            switch (state.Step)
            {
                case PruningStep.SplitKept:
                    return Split(Kept.Open, withBase: false);
                case PruningStep.RankSlices rank:
                    Cut(rank.Keep);
                    return state.Pieces;
                case PruningStep.SplitDropped:
                    return Split(_dropped!.Open, withBase: true);
                default:
                    // One shard's splitting has added up already, and ranking has cut.
                    return Pieces();
            }
        }

        public void Dispose()
        {
            _kept?.Dispose();
            _dropped?.Dispose();
        }

        private long Split(RunOpener slice, bool withBase)
        {
            using PieceTable table = PieceTable.Load([Kept.Open], memoryBytes, scratch, ct);
            Replace(ref _kept, output => PieceSplitter.SplitAll(table, [slice], withBase, output, ct));
            return Pieces();
        }

        private void Cut(int keep)
        {
            RankCut cut;
            using (var ranked = new ScratchFile(scratch, output => PieceRanking.Rank(Kept.Open, memoryBytes, scratch, output, ct)))
            {
                cut = PieceRanking.FindCut([ranked.Open], keep, memoryBytes, scratch, ct);
            }

            ScratchFile? kept = null;
            Replace(ref _dropped, dropped => kept = new ScratchFile(
                scratch, output => PieceRanking.Cut(Kept.Open, cut, output, dropped, ct)));
            _kept!.Dispose();
            _kept = kept;
        }

        private long Pieces()
        {
            using var reader = new PieceSliceReader(Kept.Open);
            return reader.Pieces;
        }

        private void Replace(ref ScratchFile? file, Action<Stream> write)
        {
            var replacement = new ScratchFile(scratch, write);
            file?.Dispose();
            file = replacement;
        }
    }
}
