using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>What a person wants to know at the end of a job.</summary>
internal static class JobSummary
{
    public static string CancelledMessage(string? resume) => resume is null
        ? "stopped; the job's work files are removed and no results were written."
        : $"stopped; what is done is kept. Go on with: {resume}";

    public static IEnumerable<(string Name, string Value)> Rows(JobSpec spec, ResultManifest manifest)
    {
        ManifestStatistics statistics = manifest.Statistics;
        yield return ("corpus", Units.Format($"{manifest.Inputs.Length} files, {Units.Count(statistics.Rows)} rows, {Units.Bytes(statistics.TextBytes)} of text"));
        if (manifest.LeftOut is { IsEmpty: false } leftOut)
        {
            int files = leftOut.Count(entry => entry.RowGroup is null);
            int groups = leftOut.Count(entry => entry.RowGroup is not null && entry.RowNumbers is null);
            long rows = leftOut.Where(entry => entry.RowNumbers is not null).Sum(entry => entry.Rows ?? 0);
            yield return ("left out", Units.Format($"{Units.Count(files)} files, {Units.Count(groups)} row groups, {Units.Count(rows)} single rows: see left_out in the manifest"));
        }

        if (statistics.InvalidUtf8Rows is { } invalid)
        {
            yield return ("no UTF-8", Units.Format($"{Units.Count(invalid)} rows, {(manifest.BrokenInput?.InvalidUtf8 == "keep" ? "kept as they are" : "with U+FFFD for what is ill-formed")}"));
        }

        if (manifest.Extended is { } extended)
        {
            yield return ("extended", Describe(extended));
        }

        if (manifest.Counts is { } counts)
        {
            yield return ("counts", Units.Format($"{Units.Count(counts.Runs)} partitions kept in {StorePath.Combine(spec.OutputDirectory, "_counts")}, {Units.Bytes(counts.Bytes)}"));
        }

        foreach (ManifestModel model in manifest.Models)
        {
            yield return ("model", Units.Format($"{StorePath.Combine(spec.OutputDirectory, model.Path)} ({Units.Count(model.VocabSize)} ids)"));
        }

        if (statistics is { Tokens: { } tokens, BytesPerToken: { } bytesPerToken, SingleByteTokenShare: { } share })
        {
            yield return ("tokens", Units.Format($"{Units.Count(tokens)}, {bytesPerToken:0.000} bytes per token, {share * 100:0.00} % of them single bytes"));
        }

        if (manifest.Outputs.Length > 0)
        {
            long bytes = manifest.Outputs.Sum(output => output.LengthBytes);
            yield return ("tokenized", Units.Format($"{manifest.Outputs.Length} files in {spec.OutputDirectory}, {Units.Bytes(bytes)}"));
        }

        if (manifest.Phases.FirstOrDefault(phase => phase.Name == "tokenize") is { Reused: { } reused, Tasks: var tasks })
        {
            yield return ("unchanged", Units.Format($"{Units.Count(reused)} of {Units.Count(tasks)} inputs, whose files are those of the last time"));
        }

        if (manifest.Layout is { } layout)
        {
            yield return ("layout", Describe(layout, manifest.Outputs.Sum(output => output.Rows ?? 0)));
        }

        if (manifest.Sampling is { } sampling)
        {
            string where = sampling.Epochs == 1 ? "1 epoch in epoch=0" : Units.Format($"{sampling.Epochs} epochs in epoch=0 to epoch={sampling.Epochs - 1}");
            yield return ("sampling", Units.Format($"{sampling.Method}, alpha {sampling.Alpha}, seed {sampling.Seed}: {where}"));
        }

        yield return ("time", string.Join(", ", manifest.Phases.Where(phase => phase.Name != "finish").Select(phase => Units.Format($"{phase.Name} {phase.Seconds:0.0} s"))));
        yield return ("manifest", ResultManifest.PathIn(spec.OutputDirectory));
    }

    private static string Describe(ManifestExtension extended)
    {
        List<string> parts =
        [
            Units.Format($"{Units.Count(extended.ReusedPartitions)} of {Units.Count(extended.ReusedPartitions + extended.CountedPartitions)} partitions ({Units.Bytes(extended.ReusedTextBytes)} of text) were counted by {extended.Job}"),
        ];
        AddFiles(extended.NewFiles, "new");
        AddFiles(extended.ChangedFiles, "changed");
        AddFiles(extended.OtherwiseFiles, "with another weight or limit, or other rows left out");
        AddFiles(extended.NeighbourFiles, "in one partition with such or with files that are gone");
        if (extended.DamagedPartitions > 0)
        {
            parts.Add(Units.Format($"counts of {Units.Count(extended.DamagedPartitions)} partitions damaged or gone"));
        }

        if (extended.Differences is { } differences)
        {
            parts.Add($"counted otherwise: {string.Join(", ", differences)}");
        }

        return string.Join("; ", parts);

        void AddFiles(int count, string what)
        {
            if (count > 0)
            {
                parts.Add(Units.Format($"{Units.Count(count)} files {what}"));
            }
        }
    }

    private static string Describe(ManifestLayout layout, long rows)
    {
        List<string> parts = [$"{layout.Format}, {layout.IdType}"];
        if (layout.Pack is { } length)
        {
            parts.Add(Units.Format($"{Units.Count(rows)} sequences of {Units.Count(length)} tokens ({Units.Count(layout.PaddingTokens)} of padding, {Units.Count(layout.DroppedTokens)} dropped)"));
        }

        if (layout.EmptyRows > 0)
        {
            parts.Add(Units.Format($"{Units.Count(layout.EmptyRows)} rows without tokens have no place"));
        }

        if (layout.Split is { } split)
        {
            parts.Add($"split {split}");
        }

        if (layout.Shuffle is { } seed)
        {
            parts.Add(Units.Format($"shuffled by {seed}"));
        }

        return string.Join("; ", parts);
    }
}
