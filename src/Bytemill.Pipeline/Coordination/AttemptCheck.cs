using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Compares what the journal says is committed with what is there.</summary>
internal static class AttemptCheck
{
    /// <summary>
    /// Finds attempts that are gone, not as long as they were, or (where everything is to be read) damaged. Writes manifests that are gone
    /// or damaged once more. Deletes attempts of coordinators before this one that did not come to count: nobody will ask for them.
    /// </summary>
    /// <param name="check">What to look at.</param>
    /// <param name="work">The job's work directory.</param>
    public static CoordinatorInput.AttemptsChecked Run(CoordinatorEffect.CheckAttempts check, WorkDirectory work)
    {
        if (!work.HasPlan)
        {
            return Fault(check, $"The work files of the job are gone from '{work.Root}'.");
        }

        if (check.ReadsAll && !work.IsPlanWhole)
        {
            return Fault(check, $"The plan of the job in '{work.Root}' is damaged.");
        }

        work.Create();
        work.DeleteAbandoned(
            check.Job.Epoch,
            [.. check.Closed.Append(check.Open).SelectMany(stage => stage.Attempts).Where(attempt => attempt is not null).Select(attempt => attempt!.Directory)]);
        JobPlan? plan = check.HasPublished ? work.ReadPlan() : null;
        var present = new PresentFiles(work);
        var missing = ImmutableArray.CreateBuilder<(int Stage, int Index)>();
        foreach (ClosedStage stage in check.Closed.Append(check.Open))
        {
            int found = missing.Count;
            for (int i = 0; i < stage.Attempts.Length; i++)
            {
                if (stage.Attempts[i] is { } attempt && !IsThere(work, present, attempt, stage.Stage, i, plan, check.ReadsAll))
                {
                    missing.Add((stage.Stage.Number, i));
                }
            }

            if (missing.Count == found && stage != check.Open
                && !(check.ReadsAll ? work.IsManifestWhole(stage.Stage.ManifestName) : work.HasManifest(stage.Stage.ManifestName)))
            {
                work.WriteManifest(stage.Stage.ManifestName, stage.ToManifest());
            }
        }

        return new CoordinatorInput.AttemptsChecked(check.Job.JobId, missing.ToImmutable(), Fault: null);
    }

    /// <summary>The answer where the check itself failed. A disk or an object store that cannot be reached says nothing of what is on it.</summary>
    public static CoordinatorInput.AttemptsChecked NotDone(CoordinatorEffect.CheckAttempts check, Exception error) =>
        UserErrors.IsStorageFault(error)
            ? new CoordinatorInput.AttemptsChecked(check.Job.JobId, [], Fault: null, UserErrors.Describe(error))
            : Fault(check, $"The work files of the job in '{check.Job.WorkDirectory}' cannot be looked at: {UserErrors.Describe(error)}");

    // Less than any files have.
    private const long NotThere = long.MinValue / 2;

    private static CoordinatorInput.AttemptsChecked Fault(CoordinatorEffect.CheckAttempts check, string what) =>
        new(check.Job.JobId, [], $"{what} Run the same command again with --overwrite.");

    private static bool IsThere(WorkDirectory work, PresentFiles present, CommittedAttempt attempt, StageSpec stage, int index, JobPlan? published, bool readsAll)
    {
        if (present.Of(attempt.Directory) is not { } files)
        {
            return false;
        }

        // Where all of it is, only what stays in the output from an earlier job may be missing.
        long bytes = files.Values.Sum();
        bytes += bytes == attempt.Metrics.WrittenBytes && published?.Spec.Update != true ? 0 : PublishedBytes(work, attempt.Directory, files, stage, index, published);
        return bytes == attempt.Metrics.WrittenBytes && (!readsAll || work.IsWhole(attempt.Directory, stage.Kind));
    }

    // What is published has left its directory, and has its final name.
    private static long PublishedBytes(WorkDirectory work, string attempt, Dictionary<string, long> files, StageSpec stage, int index, JobPlan? plan)
    {
        if (plan is null)
        {
            return 0;
        }

        (string WorkName, string Name)[]? results = stage.Kind switch
        {
            StageKind.EmitVocabulary or StageKind.PruneTogether => [(WorkFileNames.Vocabulary, plan.Spec.ModelFileName(stage.Argument))],
            StageKind.CountNGrams => [(WorkFileNames.Run, KeptCounts.RunName(index))],
            _ => files.ContainsKey(WorkFileNames.TokenizedInfo) ? TokenizedResults(work, attempt, index, plan) : [],
        };
        return results?
            .Where(result => !files.ContainsKey(result.WorkName))
            .Sum(result => Stores.Of(plan.Spec.OutputDirectory).Find(StorePath.Combine(plan.Spec.OutputDirectory, result.Name))?.LengthBytes ?? 0) ?? NotThere;
    }

    // Null where one that was to stay in the output has gone.
    private static (string WorkName, string Name)[]? TokenizedResults(WorkDirectory work, string attempt, int index, JobPlan plan)
    {
        using Stream file = work.OpenRead(attempt, WorkFileNames.TokenizedInfo);
        try
        {
            ListedOutput[] outputs = [.. ListedOutput.Of(plan, index, work.Resolve(attempt), CheckedMessage.Read(file, Wire.TokenizedFileInfo.Parser))];
            return Array.TrueForAll(outputs, output => output.IsThere)
                ? [.. outputs.Where(output => !output.IsInPlace).Select(output => (Path.GetFileName(output.Source), output.Result.Path))]
                : null;
        }
        catch (RunFormatException)
        {
            // It does not say: the task is done again.
            return null;
        }
    }

    // Looked up for all attempts of a stage at once: where files are far away each look takes its time.
    private sealed class PresentFiles(WorkDirectory work)
    {
        private readonly Dictionary<string, Dictionary<string, Dictionary<string, long>>> _stages = new(StringComparer.Ordinal);

        public Dictionary<string, long>? Of(string attempt)
        {
            string stage = Path.GetDirectoryName(attempt)!;
            if (!_stages.TryGetValue(stage, out Dictionary<string, Dictionary<string, long>>? attempts))
            {
                _stages.Add(stage, attempts = work.FilesIn(stage));
            }

            // All of its files may have left for the output.
            return attempts.GetValueOrDefault(Path.GetFileName(attempt)) ?? (work.HasDirectory(attempt) ? [] : null);
        }
    }
}
