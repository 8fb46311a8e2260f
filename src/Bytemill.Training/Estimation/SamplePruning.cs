using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>The vocabulary of a sample, in memory.</summary>
public static class SamplePruning
{
    private const long MemoryBytes = 1L << 30;

    /// <summary>Adds up and prunes counted pieces.</summary>
    /// <param name="runs">Of <see cref="PieceCounter"/>, with one segment each.</param>
    /// <param name="options">As for a job.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A model for each size, the largest first.</returns>
    public static ImmutableArray<(int Size, TokenizerModel Model)> Run(IReadOnlyList<RunOpener> runs, TrainerOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        using var pruning = new LocalPruning(options, KeyRanges.Whole, MemoryBytes, PruningState.DefaultTogetherBelow, new MemoryScratchSpace(), ct);
        return
        [
            .. pruning.Run(runs).Select(size =>
                (size.Size, new TokenizerModel(VocabularyBuilder.Build(size.Kept), options.ModelOptionsFor(size.Size)))),
        ];
    }
}
