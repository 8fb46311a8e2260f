using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>An option that an unfinished job was begun with, and that is another now.</summary>
/// <param name="Option">Its name on the command line.</param>
/// <param name="Begun">What the job was begun with.</param>
/// <param name="Given">What is given now.</param>
/// <param name="ChangesResult">Whether the results depend on it. Else the job keeps what it was begun with.</param>
public sealed record JobSpecDifference(string Option, string Begun, string Given, bool ChangesResult)
{
    /// <summary>In order of the command line's options.</summary>
    public static ImmutableArray<JobSpecDifference> Find(JobSpec begun, JobSpec given)
    {
        var found = ImmutableArray.CreateBuilder<JobSpecDifference>();
        foreach ((string option, Func<JobSpec, string> read, bool changesResult) in s_options)
        {
            if (read(begun) is var before && read(given) is var now && before != now)
            {
                found.Add(new JobSpecDifference(option, before, now, changesResult));
            }
        }

        return found.ToImmutable();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Option} {Begun} (now {Given})";

    // Left out: what is asked of the start of a job only (overwriting, checking the disk), and what no option sets.
    private static readonly (string Option, Func<JobSpec, string> Read, bool ChangesResult)[] s_options =
    [
        ("command", spec => spec.Mode.ToString().ToLowerInvariant(), true),
        ("--input", spec => string.Join(' ', spec.Inputs), true),
        ("--hf-split", spec => spec.DatasetSplit ?? "none", true),
        ("--text-column", spec => spec.TextColumn, true),
        ("--where", spec => spec.Where is { } where ? $"'{where}'" : "none", true),
        ("--sample", spec => spec.Sample is { } sample ? Text(sample) : "none", true),
        ("--limit", spec => spec.Limit is { } limit ? Text(limit) : "none", true),
        ("--on-error", spec => InputErrorNames.Of(spec.OnError), true),
        ("--invalid-utf8", spec => InputErrorNames.Of(spec.InvalidUtf8), true),
        ("--output", spec => spec.OutputDirectory, true),
        ("--order", spec => Text(spec.Training.Order), true),
        ("--vocab-size", spec => string.Join(',', spec.Training.MaxVocabSizes), true),
        ("--max-piece-length", spec => Text(spec.Training.MaxPieceLength), true),
        ("--min-count", spec => Text(spec.Training.MinCount), true),
        ("--isolate-digits", spec => Text(spec.Training.IsolateDigits), true),
        ("--no-ensure-unicode", spec => Text(!spec.Training.EnsureUnicode), true),
        ("--normalization", spec => spec.Training.Normalization.ToString().ToLowerInvariant(), true),
        ("--model", spec => spec.ModelPath ?? "none", true),
        ("--keep", spec => spec.Keep is { } keep ? $"'{string.Join(',', keep)}'" : "all", true),
        ("--tokenize-with", spec => spec.Mode == JobMode.Run ? Text(spec.TokenizingSize) : "none", true),
        ("--zstd-level", spec => Text(spec.CompressionLevel), true),
        ("--dataset-card", spec => Text(spec.DatasetCard), true),
        ("--output-format", spec => spec.Layout.Format.ToString().ToLowerInvariant(), true),
        ("--id-type", spec => spec.Layout.IdType.ToString().ToLowerInvariant(), true),
        ("--add-special", spec => spec.Layout.TokensAround.ToString().ToLowerInvariant(), true),
        ("--row-group-rows", spec => TextOrNone(spec.Layout.RowGroupRows), true),
        ("--row-group-size", spec => TextOrNone(spec.Layout.RowGroupBytes), true),
        ("--file-size", spec => TextOrNone(spec.Layout.FileBytes), true),
        ("--pack", spec => TextOrNone(spec.Layout.Pack), true),
        ("--pack-last", spec => spec.Layout.DropsLast ? "drop" : "pad", true),
        ("--split", spec => spec.Layout.Split ?? "none", true),
        ("--split-seed", spec => Text(spec.Layout.SplitSeed), true),
        ("--shuffle", spec => TextOrNone(spec.Layout.Shuffle), true),
        ("size of shuffled files", spec => Text(spec.Layout.ShuffleSliceBytes), true),
        ("--sampling", spec => spec.Sampling?.Method.ToString().ToLowerInvariant() ?? "none", true),
        ("--alpha", spec => spec.Sampling is { } sampling ? Text(sampling.Alpha) : "none", true),
        ("--seed", spec => spec.Sampling is { } sampling ? Text(sampling.Seed) : "none", true),
        ("--epochs", spec => spec.Sampling is { } sampling ? Text(sampling.Epochs) : "none", true),
        ("--keep-counts", spec => Text(spec.KeepCounts), false),
        ("--extend", spec => spec.Extend ?? "none", false),
        ("--update", spec => Text(spec.Update), false),
        ("--drop-missing", spec => Text(spec.DropMissing), false),
        ("--shards", spec => spec.NGramShards == spec.PieceShards ? Text(spec.NGramShards) : $"{Text(spec.NGramShards)},{Text(spec.PieceShards)}", false),
        ("--partition-size", spec => Text(spec.PartitionBytes >> 20), false),
        ("--spill-dir", spec => spec.SpillDirectory ?? "in the output", false),
    ];

    private static string TextOrNone(IFormattable? value) => value is null ? "none" : Text(value);

    private static string Text(IFormattable value) => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "on" : "off";
}
