using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Compares what the journal says is committed with what is on the disk.</summary>
internal static class AttemptCheck
{
    /// <summary>Finds attempts that are gone or not as long as they were. Writes manifests that are gone once more.</summary>
    public static CoordinatorInput.AttemptsChecked Run(CoordinatorEffect.CheckAttempts check)
    {
        var work = new WorkDirectory(check.Job.WorkDirectory);
        if (!work.HasPlan)
        {
            return new CoordinatorInput.AttemptsChecked(
                check.Job.JobId, [], $"The work files of the job are gone from '{work.Root}'. Run the same command again with --overwrite.");
        }

        work.Create();
        var missing = ImmutableArray.CreateBuilder<(int Stage, int Index)>();
        foreach (ClosedStage stage in check.Closed.Append(check.Open))
        {
            int found = missing.Count;
            for (int i = 0; i < stage.Attempts.Length; i++)
            {
                if (stage.Attempts[i] is { } attempt && !IsThere(work, attempt, check.IsPublishing))
                {
                    missing.Add((stage.Stage.Number, i));
                }
            }

            if (missing.Count == found && stage != check.Open && !work.HasManifest(stage.Stage.ManifestName))
            {
                work.WriteManifest(stage.Stage.ManifestName, stage.ToManifest());
            }
        }

        return new CoordinatorInput.AttemptsChecked(check.Job.JobId, missing.ToImmutable(), Fault: null);
    }

    // What is published has left its directory; publishing itself finds out whether anything is amiss.
    private static bool IsThere(WorkDirectory work, CommittedAttempt attempt, bool isPublishing)
    {
        var directory = new DirectoryInfo(work.Resolve(attempt.Directory));
        return directory.Exists && (isPublishing || directory.EnumerateFiles().Sum(file => file.Length) == attempt.Metrics.WrittenBytes);
    }
}
