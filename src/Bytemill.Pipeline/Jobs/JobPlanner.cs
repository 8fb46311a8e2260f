using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>The plan phase: checks the job, cuts partitions and key ranges, and freezes all of it in the work directory.</summary>
internal static class JobPlanner
{
    public static JobPlan Plan(JobSpec spec, string jobId, WorkDirectory work, CancellationToken cancellation)
    {
        JobInputs inputs = JobPreflight.Check(spec, jobId, cancellation);
        ImmutableArray<CorpusFile> files = inputs.Files;
        if (work.LocalDirectory is { } local)
        {
            DiskCheck.RequireOnNode(spec, files.Sum(file => file.RowGroups.Sum(group => group.TextBytes)), local, DiskCheck.FreeBytes(local));
        }

        if (spec.Limit is { } limit)
        {
            files = RowLimit.Apply(files, spec.SourceOptions, (file, group) => LeftOutOf(file, group, spec, cancellation), limit, cancellation);
        }

        long target = PartitionPlanner.TargetFor(files, spec.PartitionBytes);
        CountsMatch? counted = inputs.Counts is { } counts ? KeptCounts.Match(counts, spec, files) : null;
        (ImmutableArray<CorpusPartition> partitions, ImmutableSortedDictionary<int, Wire.KeptRun> runs) =
            counted?.Plan(files, target) ?? (PartitionPlanner.Plan(files, target), ImmutableSortedDictionary<int, Wire.KeptRun>.Empty);
        if (spec.Mode != JobMode.Tokenize && files.All(file => file.RowsToRead == 0))
        {
            if (spec.Where is not null)
            {
                throw new JobInputException($"No row of the {files.Length} input files can meet {spec.Where} (--where), so there is nothing to train on.");
            }

            throw new JobInputException($"The {files.Length} input files hold no rows, so there is nothing to train on.");
        }

        (KeyRanges ngrams, KeyRanges pieces) = spec.Mode == JobMode.Tokenize
            ? (KeyRanges.Whole, KeyRanges.Whole)
            : KeySampler.Sample(spec, files, partitions, cancellation);
        if (counted?.RangeStarts is { } starts)
        {
            // Runs are cut there already. It decides how even shards are, and no result.
            ngrams = new KeyRanges(starts);
        }

        var plan = new JobPlan(
            spec, files, OutputNames.For([.. files.Select(file => file.Path)]), partitions, ngrams, pieces)
        {
            LeftOutFiles = inputs.LeftOut,
            Model = inputs.Model,
            KeptRuns = runs,
            Extension = counted?.Describe(files),
        };
        if (inputs.Earlier is { } earlier)
        {
            plan = plan with { EarlierOutputs = OutputLedger.Match(earlier, plan) };
        }

        JobOutput.CheckNames(spec.OutputDirectory, ResultNames(plan));
        cancellation.ThrowIfCancellationRequested();
        JobOutput.Prepare(spec.OutputDirectory, work, jobId);
        work.Create();
        work.WritePlan(plan);
        return plan;
    }

    // A limit is of rows that are left.
    private static GroupFaults? LeftOutOf(CorpusFile file, int group, JobSpec spec, CancellationToken cancellation)
    {
        if (!spec.LeavesOut)
        {
            return null;
        }

        using ITextSource source = GroupCheck.Open(file.Path, spec.SourceOptions);
        return GroupCheck.Run(source, group, file.RowGroups[group], spec.SourceOptions, spec.CopiedColumns, cancellation).Faults;
    }

    private static IEnumerable<string> ResultNames(JobPlan plan)
    {
        JobSpec spec = plan.Spec;
        IEnumerable<string> models = spec.Mode == JobMode.Tokenize ? [] : spec.Training.MaxVocabSizes.Select(spec.ModelFileName);
        models = spec.KeepCounts ? models.Concat(KeptCounts.FileNames(plan.Partitions.Length)) : models;
        // In other layouts the rows decide how many files there are.
        return spec.Mode == JobMode.Train || !spec.Layout.IsPlain ? models : models.Concat(Enumerable.Range(0, plan.TokenizedFileCount).Select(task => plan.TokenizedFile(task).Name));
    }
}
