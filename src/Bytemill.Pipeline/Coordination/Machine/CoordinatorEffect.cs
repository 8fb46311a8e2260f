using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Something to be done outside the coordinator because it has decided so.</summary>
internal abstract record CoordinatorEffect
{
    /// <summary>Tell a party something: assign, acknowledge, release, report progress, announce an end.</summary>
    public sealed record Send(Party To, IWireMessage Message) : CoordinatorEffect;

    /// <summary>Say when the party is gone, by <see cref="CoordinatorInput.PartyLost"/>.</summary>
    public sealed record Watch(Party Who) : CoordinatorEffect;

    /// <summary>Plan the job; answered by <see cref="CoordinatorInput.Planned"/> or <see cref="CoordinatorInput.PlanFailed"/>.</summary>
    public sealed record Plan(JobReference Job, JobSpec Spec) : CoordinatorEffect;

    /// <summary>Break planning off; it still answers.</summary>
    public sealed record CancelPlanning(string JobId) : CoordinatorEffect;

    /// <summary>Write the manifest of a complete stage; answered by <see cref="CoordinatorInput.ManifestWritten"/> or <see cref="CoordinatorInput.ManifestFailed"/>.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Manifest">What to write.</param>
    /// <param name="Time">The stage, its duration still open.</param>
    /// <param name="Earlier">The stages before it, where publishing comes next and wants all of them; else <c>null</c>.</param>
    /// <param name="Workers">Workers known at present.</param>
    public sealed record WriteManifest(
        JobReference Job, StageSpec Stage, StageManifest Manifest, StageTime Time, ImmutableArray<StageTime>? Earlier, int Workers) : CoordinatorEffect;

    /// <summary>A stage of the job begins, or goes on: its time runs from here, on top of what it had before it was held.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Stage">Number of the stage.</param>
    public sealed record StartStageClock(string JobId, int Stage) : CoordinatorEffect;

    /// <summary>The job is paused: time that goes by is not that of its stage.</summary>
    public sealed record HoldStageClock(string JobId) : CoordinatorEffect;

    /// <summary>Delete directories of the work directory that nobody reads any more, as far as possible.</summary>
    public sealed record DeleteDirectories(JobReference Job, ImmutableArray<string> Directories) : CoordinatorEffect;

    /// <summary>Delete, as far as possible, the attempts at a complete stage that do not count.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Stage">Number of the stage.</param>
    /// <param name="Committed">Directories of the attempts that count, of this stage and of others.</param>
    public sealed record DeleteAbandoned(JobReference Job, int Stage, ImmutableArray<string> Committed) : CoordinatorEffect;

    /// <summary>See which of these are still there; answered by <see cref="CoordinatorInput.AttemptsChecked"/>.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Closed">Stages that are read: a manifest that is gone is to be written again.</param>
    /// <param name="Open">What is committed of the open stage.</param>
    /// <param name="HasPublished">Whether files may have gone to their final names already.</param>
    /// <param name="ReadsAll">Whether the files are to be read and their checksums compared, not only their lengths.</param>
    public sealed record CheckAttempts(
        JobReference Job, ImmutableArray<ClosedStage> Closed, ClosedStage Open, bool HasPublished, bool ReadsAll) : CoordinatorEffect;

    /// <summary>Say when the pause is over, by <see cref="CoordinatorInput.Retried"/>.</summary>
    public sealed record RetryAfter(string JobId, TimeSpan Pause) : CoordinatorEffect;

    /// <summary>Remove the files of an ended job; answered by <see cref="CoordinatorInput.CleanedUp"/>.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="OutputDirectory">Its output.</param>
    /// <param name="RemoveResults">Whether what it has published goes as well.</param>
    /// <param name="KeepDirectory">Whether the output directory stays though it is empty.</param>
    public sealed record CleanUp(JobReference Job, string OutputDirectory, bool RemoveResults, bool KeepDirectory) : CoordinatorEffect;

    /// <summary>An entry of the log.</summary>
    /// <param name="IsWarning">Whether it needs attention.</param>
    /// <param name="Template">Text with named holes.</param>
    /// <param name="Values">What goes into them.</param>
    public sealed record Log(bool IsWarning, string Template, ImmutableArray<object> Values) : CoordinatorEffect;
}
