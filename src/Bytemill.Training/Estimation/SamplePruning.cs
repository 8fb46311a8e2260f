using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>The vocabulary of a sample, in memory.</summary>
public static class SamplePruning
{
    /// <summary>Prunes one slice that holds all counted pieces.</summary>
    /// <param name="slice">Of <see cref="PieceRunMerger"/>.</param>
    /// <param name="options">As for a job.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A model for each size, the largest first.</returns>
    public static ImmutableArray<(int Size, TokenizerModel Model)> Run(RunOpener slice, TrainerOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(options);
        using var pruning = new LocalPruning(options, KeyRanges.Whole, new MemoryScratchSpace(), ct);
        return
        [
            .. pruning.Run([slice]).Select(size =>
                (size.Size, new TokenizerModel(VocabularyBuilder.Build(size.Kept), options.ModelOptionsFor(size.Size)))),
        ];
    }
}
