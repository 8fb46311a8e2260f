using System.Collections.Immutable;
using System.ComponentModel;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Web.Api;

/// <summary>One job in full.</summary>
/// <param name="Job">The job.</param>
/// <param name="Stages">Planning and the stages done, in order; empty once the job is over: its manifest has them.</param>
/// <param name="Poison">The task that it failed of.</param>
/// <param name="Refusal">Why what was asked for has not been done.</param>
[Description("One job in full.")]
public sealed record JobDetails(JobInfo Job, ImmutableArray<StageInfo> Stages, PoisonInfo? Poison, string? Refusal)
{
    /// <summary>As the coordinator has it; it must know the job.</summary>
    public static JobDetails Of(JobReported report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JobDetails(
            JobInfo.Of(report.Job ?? throw new ArgumentException("The coordinator does not know the job.", nameof(report))),
            [.. report.Stages.Select(stage => new StageInfo(stage.Kind is { } kind ? JsonText.NameOf(kind) : "plan", stage.Kind?.Describe() ?? "planning", stage.ElapsedMs, stage.Tasks, stage.Units))],
            PoisonInfo.Of(report.Poison),
            JsonText.OrNull(report.Refusal));
    }
}

/// <summary>A stage that is done.</summary>
/// <param name="Kind">What its tasks did.</param>
/// <param name="Describes">The same in a few words.</param>
/// <param name="ElapsedMs">How long it took.</param>
/// <param name="Tasks">How many tasks it had.</param>
/// <param name="Units">Units done: bytes of text where the stage counts these, else tasks.</param>
public sealed record StageInfo(string Kind, string Describes, long ElapsedMs, int Tasks, long Units);

/// <summary>A task that nobody could do.</summary>
/// <param name="Stage">Number of its stage.</param>
/// <param name="Kind">Kind of its stage.</param>
/// <param name="Describes">The same in a few words.</param>
/// <param name="Task">Its index, from 0.</param>
/// <param name="Attempts">All attempts at it.</param>
public sealed record PoisonInfo(int Stage, string Kind, string Describes, int Task, ImmutableArray<AttemptInfo> Attempts)
{
    /// <summary>As the coordinator has it; <c>null</c> for none.</summary>
    public static PoisonInfo? Of(PoisonTask? poison) => poison is null ? null : new PoisonInfo(
        poison.Stage,
        JsonText.NameOf(poison.Kind),
        poison.Kind.Describe(),
        poison.Index,
        [.. poison.Attempts.Select(attempt => new AttemptInfo(attempt.Attempt, attempt.Owner, attempt.Reason))]);
}

/// <summary>An attempt at a task that came to nothing.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="Owner">Who ran it.</param>
/// <param name="Reason">Why it came to nothing.</param>
public sealed record AttemptInfo(int Attempt, string Owner, string Reason);
