using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Compares what the journal says is committed with what is on the disk.</summary>
internal static class AttemptCheck
{
    /// <summary>
    /// Finds attempts that are gone, not as long as they were, or (where everything is to be read) damaged. Writes manifests that are gone
    /// or damaged once more. Deletes attempts of coordinators before this one that did not come to count: nobody will ask for them.
    /// </summary>
    public static CoordinatorInput.AttemptsChecked Run(CoordinatorEffect.CheckAttempts check)
    {
        var work = new WorkDirectory(check.Job.WorkDirectory);
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
        var missing = ImmutableArray.CreateBuilder<(int Stage, int Index)>();
        foreach (ClosedStage stage in check.Closed.Append(check.Open))
        {
            int found = missing.Count;
            for (int i = 0; i < stage.Attempts.Length; i++)
            {
                if (stage.Attempts[i] is { } attempt && !IsThere(work, attempt, stage.Stage.Kind, check))
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

    private static CoordinatorInput.AttemptsChecked Fault(CoordinatorEffect.CheckAttempts check, string what) =>
        new(check.Job.JobId, [], $"{what} Run the same command again with --overwrite.");

    // What is published has left its directory; publishing itself finds out whether anything is amiss.
    private static bool IsThere(WorkDirectory work, CommittedAttempt attempt, StageKind kind, CoordinatorEffect.CheckAttempts check)
    {
        var directory = new DirectoryInfo(work.Resolve(attempt.Directory));
        return directory.Exists
            && (check.IsPublishing || directory.EnumerateFiles().Sum(file => file.Length) == attempt.Metrics.WrittenBytes)
            && (!check.ReadsAll || WorkFileCheck.IsWhole(directory.FullName, kind));
    }
}
