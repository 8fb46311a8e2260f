using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// n-gram counts of a finished job, in <c>_counts</c> of its output: a run for each partition, and an index that says of what text and by what options
/// each was counted. A later job takes over those whose text it would count in the same way.
/// </summary>
internal static class KeptCounts
{
    /// <summary>Directory in the output.</summary>
    public const string DirectoryName = "_counts";

    // Changes with anything that makes other counts of the same text with the same options, or other run files.
    private const int CountingVersion = 1;

    private const string IndexName = "index";

    /// <summary>Where the run of a partition goes, relative to the output.</summary>
    public static string RunName(int partition) => string.Create(CultureInfo.InvariantCulture, $"{DirectoryName}/{partition:D6}.run");

    /// <summary>All files of so many partitions, relative to the output.</summary>
    public static IEnumerable<string> FileNames(int partitions) => Enumerable.Range(0, partitions).Select(RunName).Append($"{DirectoryName}/{IndexName}");

    /// <summary>Reads the index of a finished job.</summary>
    /// <param name="output">Its output.</param>
    /// <exception cref="JobInputException">It is none, or kept no counts.</exception>
    public static Wire.KeptCounts Read(string output)
    {
        if (!ResultManifest.IsAt(output) || !JobOutput.IsComplete(output))
        {
            throw new JobInputException($"No results of a finished job in '{output}' (--extend). Give the output of 'train' or 'run'.");
        }

        string path = StorePath.Combine(output, $"{DirectoryName}/{IndexName}");
        if (!Stores.HasFile(path))
        {
            throw new JobInputException($"The job in '{output}' (--extend) kept no counts. Only one that was given --keep-counts can be extended.");
        }

        try
        {
            using Stream file = Stores.OpenRead(path);
            return CheckedMessage.Read(file, Wire.KeptCounts.Parser);
        }
        catch (RunFormatException e)
        {
            throw new JobInputException($"{path}: the file is damaged, so nobody can say what was counted. Train without --extend.", e);
        }
    }

    /// <summary>Looks at all files that a job keeps; none can be missing or another without a fault.</summary>
    /// <param name="output">Its output.</param>
    /// <param name="expected">How many runs there are to be.</param>
    public static IEnumerable<string> FindFaults(string output, int expected)
    {
        string index = StorePath.Combine(output, $"{DirectoryName}/{IndexName}");
        if (!Stores.HasFile(index))
        {
            return [$"{index}: the file is gone, without which nobody can say what was counted."];
        }

        Wire.KeptCounts kept;
        try
        {
            kept = Read(output);
        }
        catch (JobInputException e)
        {
            return [e.Message];
        }

        string directory = StorePath.Combine(output, DirectoryName);
        IEnumerable<string> damaged = kept.Runs
            .Where(run => !WorkFileCheck.IsWhole(StorePath.Combine(directory, run.File), run.LengthBytes, run.Xxh3))
            .Select(run => $"{StorePath.Combine(directory, run.File)}: the counts are gone or not what they were; a job that extends this one will count their text again.");
        return kept.Runs.Count == expected ? damaged : damaged.Append(FormattableString.Invariant($"{directory}: there are counts of {kept.Runs.Count} partitions, the manifest says {expected}."));
    }

    /// <summary>What of counts that are kept a job can take over.</summary>
    /// <param name="kept">Of an earlier job.</param>
    /// <param name="spec">The job.</param>
    /// <param name="files">Its input.</param>
    public static CountsMatch Match(Wire.KeptCounts kept, JobSpec spec, ImmutableArray<CorpusFile> files)
    {
        JobSpec earlier = WireJobs.FromWire(kept.Spec);
        JobSpec now = Options(spec);
        // A job that copies columns leaves out rows for these, too. Where it has found nothing, neither does one that looks at the text alone.
        bool looksAtLess = now is { LeavesOut: true, Mode: JobMode.Train } && earlier.Mode != JobMode.Train;
        ImmutableArray<string> differences = Differences(kept, looksAtLess ? earlier with { Mode = now.Mode, Keep = now.Keep, Layout = now.Layout } : earlier, now);
        Dictionary<string, int> indexes = files.Select((file, index) => (file.Path, index)).ToDictionary(file => file.Path, file => file.index, StringComparer.Ordinal);
        var runs = new List<(ImmutableArray<CorpusRange> Ranges, Wire.KeptRun Run)>();
        foreach (Wire.KeptRun run in differences.IsEmpty ? kept.Runs : [])
        {
            if (!IsOther(run) && run.Ranges.All(range => indexes.TryGetValue(range.Path, out int index) && IsSame(range, files[index])))
            {
                runs.Add(([.. run.Ranges.Select(range => new CorpusRange(indexes[range.Path], range.FirstRowGroup, range.RowGroupCount))], run));
            }
        }

        return new CountsMatch(runs, differences, kept, IsOther, indexes);

        bool IsOther(Wire.KeptRun run) => looksAtLess && (run.Metrics.LeftOutRows > 0 || run.Metrics.InvalidRows > 0);
    }

    /// <summary>What is written down of a run that is kept.</summary>
    public static Wire.KeptRun Describe(JobPlan plan, int partition, TaskMetrics metrics, Wire.RunInfo info) => new()
    {
        File = Path.GetFileName(RunName(partition)),
        LengthBytes = info.LengthBytes,
        Xxh3 = info.Xxh3,
        Ranges = { plan.Partitions[partition].Ranges.Select(range => Describe(plan.Files[range.FileIndex], range)) },
        Metrics = WireStages.ToWire(metrics with { WrittenBytes = 0, ScratchBytes = 0, Reused = 0, ReusedBytes = 0 }),
    };

    /// <summary>Writes the index; the runs are there.</summary>
    public static void Write(TaskContext context, IEnumerable<Wire.KeptRun> runs)
    {
        var index = new Wire.KeptCounts
        {
            CountingVersion = CountingVersion,
            UnicodeVersion = TextNormalizer.UnicodeVersion,
            Spec = WireJobs.ToWire(Options(context.Spec)),
            NgramRangeStarts = { context.Plan.NGramRanges.Starts },
            Runs = { runs },
        };
        JobOutput.Write(context.Spec.OutputDirectory, $"{DirectoryName}/{IndexName}", file => CheckedMessage.Write(file, index));
    }

    /// <summary>Whether a range was of this very file, looked at in the same way.</summary>
    internal static bool IsSame(Wire.KeptRange range, CorpusFile file) =>
        IsSameFile(range, file)
        && range.Weight == file.Weight
        && range.FirstRowGroup + range.RowGroupCount <= file.RowGroups.Length
        && Takes(file, range.FirstRowGroup, range.RowGroupCount).SequenceEqual(range.Takes);

    internal static bool IsSameFile(Wire.KeptRange range, CorpusFile file) => range.LengthBytes == file.LengthBytes && range.Fingerprint == file.Fingerprint;

    private static Wire.KeptRange Describe(CorpusFile file, CorpusRange range) => new()
    {
        Path = file.Path,
        LengthBytes = file.LengthBytes,
        Fingerprint = file.Fingerprint,
        Weight = file.Weight,
        FirstRowGroup = range.FirstRowGroup,
        RowGroupCount = range.RowGroupCount,
        Takes = { Takes(file, range.FirstRowGroup, range.RowGroupCount) },
    };

    // -1 for all rows.
    private static IEnumerable<long> Takes(CorpusFile file, int first, int count) => Enumerable.Range(first, count).Select(group => file.RowGroups[group].Take ?? -1);

    private static ImmutableArray<string> Differences(Wire.KeptCounts kept, JobSpec earlier, JobSpec now)
    {
        var differences = ImmutableArray.CreateBuilder<string>();
        if (kept.CountingVersion != CountingVersion || kept.UnicodeVersion != TextNormalizer.UnicodeVersion)
        {
            differences.Add("version of the program");
        }

        differences.AddRange(JobSpecDifference.Find(earlier, now).Select(difference => difference.ToString()));
        return differences.ToImmutable();
    }

    // What decides the counts of a given text. Limits and weights are in the ranges; what is rare, too long or too much is dropped later.
    private static JobSpec Options(JobSpec spec)
    {
        var options = new JobSpec
        {
            Mode = JobMode.Train,
            Inputs = [],
            OutputDirectory = "",
            TextColumn = spec.TextColumn,
            Where = spec.Where,
            Sample = spec.Sample,
            OnError = spec.OnError,
            InvalidUtf8 = spec.InvalidUtf8,
            Training = new TrainerOptions
            {
                Order = spec.Training.Order,
                IsolateDigits = spec.Training.IsolateDigits,
                Normalization = spec.Training.Normalization,
            },
        };
        // Rows are left out for columns beside the text, too, where these will be copied.
        return spec.LeavesOut && spec.Mode != JobMode.Train ? options with { Mode = spec.Mode, Keep = spec.Keep, Layout = spec.Layout } : options;
    }
}
