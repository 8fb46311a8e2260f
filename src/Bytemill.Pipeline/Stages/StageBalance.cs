using System.Collections.Immutable;
using static System.FormattableString;

namespace Bytemill.Pipeline;

/// <summary>
/// What must come out the same from stage to stage, since every stage only groups the bytes of the text anew: rows, bytes, and the
/// bytes that counts stand for (an n-gram run one for each position, pieces their length for each time they were counted).
/// </summary>
internal static class StageBalance
{
    // Bytes that never occurred are given count 1, in the n-gram model and in the first pruning.
    private const int MostAddedBytes = 256;

    /// <summary>Compares the sums of a stage whose tasks are all done with those of the stages before it.</summary>
    /// <param name="kind">Of the stage.</param>
    /// <param name="total">Sums over its tasks.</param>
    /// <param name="spec">The job.</param>
    /// <param name="plannedRows">Rows that the footers of the input files tell; negative where some have none.</param>
    /// <param name="before">The stages before it.</param>
    /// <returns>What differs, as a sentence; <c>null</c> when all is well.</returns>
    public static string? FindFault(StageKind kind, TaskMetrics total, JobSpec spec, long plannedRows, ImmutableArray<StageTime> before)
    {
        switch (kind)
        {
            case StageKind.CheckInput:
                return RowsDiffer("rows were taken, passed over or left out", total, "the files have", plannedRows);
            case StageKind.CountNGrams:
                return RowsDiffer("rows were taken, passed over or left out", total, "the files have", plannedRows)
                    ?? AsChecked(1)
                    ?? Differ("n-grams were counted", total.CoveredBytes, "bytes of text were read", total.WeightedBytes);
            case StageKind.MergeNGrams:
                return Differ("n-grams were merged", total.CoveredBytes, "were counted", Text().WeightedBytes);
            case StageKind.BuildModel:
                return Exceed("bytes stand in the n-gram model", total.CoveredBytes, Text().WeightedBytes);
            case StageKind.SegmentPieces:
                return Differ("rows were read", total.Rows, "counting read", Text().Rows)
                    ?? AsChecked(1)
                    ?? Differ("bytes of text were read", total.NormalizedBytes, "counting read", Text().NormalizedBytes)
                    ?? SameText(Text(), 1)
                    ?? Differ("bytes of text lie in pieces", total.CoveredBytes, "were read", total.WeightedBytes);
            case StageKind.FilterPieces:
                return Exceed("bytes of text lie in pieces", total.CoveredBytes, Text().WeightedBytes);
            case StageKind.SplitKept or StageKind.CombineWithBase or StageKind.Combine or StageKind.RankSlices or StageKind.CutSlices
                or StageKind.PruneTogether or StageKind.EmitVocabulary:
                return Differ("bytes of text lie in pieces", total.CoveredBytes, "lay there before", LastOf(before, StageKind.FilterPieces)!.CoveredBytes);
            case StageKind.TokenizeFiles:
                long epochs = spec.Sampling?.Epochs ?? 1;
                return RowsDiffer("rows were written, passed over or left out", total, "were to be", checked(epochs * plannedRows))
                    ?? AsChecked(epochs)
                    ?? (LastOf(before, StageKind.CountNGrams) is not { } counted ? null
                        : Differ("rows were written", total.Rows, "were to be", checked(epochs * counted.Rows))
                            ?? Differ("bytes of text were read", total.TextBytes, "were to be", checked(epochs * counted.TextBytes))
                            ?? Differ("bytes lie in tokens", total.NormalizedBytes, "were to be", checked(epochs * counted.NormalizedBytes))
                            ?? SameText(counted, epochs));
            case StageKind.ShuffleRows:
                TaskMetrics gathered = LastOf(before, StageKind.TokenizeFiles)!;
                return Differ("rows were written", total.Entries, "were gathered", gathered.Entries)
                    ?? Differ("tokens were written", total.CoveredBytes, "were gathered", gathered.CoveredBytes);
            default:
                // Parts of dropped pieces are checked where they are added to the kept ones; the others make no counts.
                return null;
        }

        // What the check found must be what every later reading takes and leaves out.
        string? AsChecked(long times) => LastOf(before, StageKind.CheckInput) is not { } check ? null
            : Differ("rows were taken", total.Rows, "were to be", checked(times * check.Rows))
                ?? Differ("rows were left out", total.LeftOutRows, "were to be", checked(times * check.LeftOutRows))
                ?? Differ("bytes of text were read", total.TextBytes, "were to be", checked(times * check.TextBytes))
                ?? SameText(check, times);

        // Files are known by their lengths and footers: what changes between these shows here.
        string? SameText(TaskMetrics read, long times) => total.TextDigest == unchecked(read.TextDigest * (ulong)times) ? null
            : "The text is not the text that was read before: an input file changed meanwhile without changing its length, or was read wrongly."
                + (spec.Extend is null ? "" : " Counts of an earlier job were taken over (--extend), which may be those of the text as it was then; train without them.");

        TaskMetrics Text() => LastOf(before, StageKind.CountNGrams)!;
    }

    private static TaskMetrics? LastOf(ImmutableArray<StageTime> stages, StageKind kind) => stages.LastOrDefault(stage => stage.Kind == kind)?.Total;

    // Where some files do not tell their rows beforehand, the number expected is negative.
    private static string? RowsDiffer(string what, TaskMetrics total, string where, long expected) =>
        expected < 0 ? null : Differ(what, total.Rows + total.PassedRows + total.LeftOutRows, where, expected);

    private static string? Differ(string what, long found, string where, long expected) =>
        found == expected ? null : Invariant($"{found} {what} where {expected} {where}.");

    private static string? Exceed(string what, long found, long textBytes) =>
        found >= textBytes && found - textBytes <= MostAddedBytes
            ? null
            : Invariant($"{found} {what} where {textBytes}, and at most {MostAddedBytes} more, were counted.");
}
