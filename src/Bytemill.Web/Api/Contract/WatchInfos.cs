using System.Collections.Immutable;
using System.ComponentModel;
using Bytemill.Pipeline;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Api;

/// <summary>Tasks of one stage of a job.</summary>
/// <param name="Stages">All stages begun, in order.</param>
/// <param name="Stage">Number of the stage that the tasks are of; 0 when none has begun.</param>
/// <param name="Tasks">Tasks, ascending by index.</param>
/// <param name="Next">Index to go on with; absent when there are none left.</param>
[Description("Tasks of one stage of a job.")]
public sealed record TaskList(ImmutableArray<StageProgress> Stages, int Stage, ImmutableArray<TaskInfo> Tasks, int? Next)
{
    /// <summary>As the coordinator has them.</summary>
    public static TaskList Of(JobTasks answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new TaskList(
            [.. answer.Stages.Select(StageProgress.Of)], answer.Stage, [.. answer.Tasks.Select(TaskInfo.Of)], answer.Next < 0 ? null : answer.Next);
    }
}

/// <summary>A stage that a job has begun.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind">What its tasks do.</param>
/// <param name="Describes">The same in a few words.</param>
/// <param name="Tasks">How many it has.</param>
/// <param name="Done">How many of them are done.</param>
/// <param name="Running">How many run.</param>
/// <param name="Troubled">Of how many an attempt came to nothing.</param>
/// <param name="Stragglers">How many run and take long.</param>
/// <param name="StartedAt">When it was begun or gone on with; absent for before the present coordinator.</param>
/// <param name="ElapsedMs">For how long it has been running, or how long it took.</param>
/// <param name="IsOpen">Whether it is the one that is worked on.</param>
public sealed record StageProgress(
    int Number, string Kind, string Describes, int Tasks, int Done, int Running, int Troubled, int Stragglers, DateTimeOffset? StartedAt, long ElapsedMs, bool IsOpen)
{
    internal static StageProgress Of(StageReport stage) => new(
        stage.Number,
        JsonText.NameOf(stage.Kind),
        stage.Kind.Describe(),
        stage.Tasks,
        stage.Done,
        stage.Running,
        stage.Troubled,
        stage.Stragglers,
        JsonText.Instant(stage.StartedAt),
        stage.ElapsedMs,
        stage.IsOpen);
}

/// <summary>One task.</summary>
/// <param name="Index">Its index, from 0.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Owner">Who works on it or has done it.</param>
/// <param name="Attempts">Attempts begun since the present coordinator took over.</param>
/// <param name="DoneUnits">Units done.</param>
/// <param name="TotalUnits">Units of the task; 0 as long as nobody has told.</param>
/// <param name="StartedAt">When the last attempt began.</param>
/// <param name="ElapsedMs">For how long it has been running, or how long it took.</param>
/// <param name="Failure">Why the last attempt that came to nothing did.</param>
/// <param name="IsStraggler">Whether it runs and takes long.</param>
public sealed record TaskInfo(
    int Index, string State, string? Owner, int Attempts, long DoneUnits, long TotalUnits, DateTimeOffset? StartedAt, long ElapsedMs, string? Failure, bool IsStraggler)
{
    internal static TaskInfo Of(TaskReport task) => new(
        task.Index,
        JsonText.NameOf(task.State),
        JsonText.OrNull(task.Owner),
        task.Attempts,
        task.DoneUnits,
        task.TotalUnits,
        JsonText.Instant(task.StartedAt),
        task.ElapsedMs,
        JsonText.OrNull(task.Failure),
        task.IsStraggler);
}

/// <summary>Attempts at tasks of a job that came to nothing.</summary>
/// <param name="Stage">Number of the stage that <paramref name="Tasks"/> are of.</param>
/// <param name="Tasks">Tasks of it of which an attempt came to nothing, whatever became of them since.</param>
/// <param name="Next">Index to go on with; absent when there are none left.</param>
/// <param name="Poison">The task that the job failed of, with all attempts.</param>
[Description("Attempts at tasks of a job that came to nothing.")]
public sealed record AttemptList(int Stage, ImmutableArray<TaskInfo> Tasks, int? Next, PoisonInfo? Poison);

/// <summary>What happened to a job.</summary>
/// <param name="Epoch">Of the coordinator that tells; another one numbers events anew, and tells all of them again.</param>
/// <param name="Events">In order.</param>
/// <param name="LastSequence">Number of the last event there is.</param>
[Description("What happened to a job.")]
public sealed record EventList(long Epoch, ImmutableArray<EventInfo> Events, long LastSequence)
{
    /// <summary>As the coordinator has them.</summary>
    public static EventList Of(JobEvents answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new EventList(answer.Epoch, [.. answer.Events.Select(EventInfo.Of)], answer.LastSequence);
    }
}

/// <summary>Something that happened to a job.</summary>
/// <param name="Sequence">Its number, ascending within the job and the epoch.</param>
/// <param name="At">When; absent where that was not written down.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Text">One line.</param>
/// <param name="Stage">Number of the stage that it is about.</param>
/// <param name="Task">Index of the task that it is about.</param>
/// <param name="Owner">Worker or node that it is about.</param>
public sealed record EventInfo(long Sequence, DateTimeOffset? At, string Severity, string Text, int? Stage, int? Task, string? Owner)
{
    /// <summary>As the coordinator has it.</summary>
    public static EventInfo Of(JobEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return new EventInfo(
            happened.Sequence,
            JsonText.Instant(happened.At),
            JsonText.NameOf(happened.Severity),
            happened.Text,
            happened.Stage == 0 ? null : happened.Stage,
            happened.Task < 0 ? null : happened.Task,
            JsonText.OrNull(happened.Owner));
    }

    /// <summary>One line of a log: time in UTC, severity, text, owner.</summary>
    public string ToLine() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{(At is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture) : "-"),-24} {Severity,-7} {Text.ReplaceLineEndings(" ")}{(Owner is null ? "" : $" ({Owner})")}");
}

/// <summary>Nodes as they say they are.</summary>
/// <param name="Coordinator">Address of the node that the coordinator is on.</param>
/// <param name="Nodes">Ordinally by address.</param>
[Description("Nodes as they say they are.")]
public sealed record NodeList(string? Coordinator, ImmutableArray<NodeStatistics> Nodes);
