using Google.Protobuf;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Pipeline;

/// <summary>What can be watched of jobs and nodes, between its records and its wire form.</summary>
internal static class WireWatching
{
    public static Wire.JobTasks ToWire(JobTasks tasks) => new()
    {
        JobId = tasks.JobId,
        Known = tasks.IsKnown,
        Stages = { tasks.Stages.Select(ToWire) },
        Stage = tasks.Stage,
        First = tasks.First,
        Cells = ByteString.CopyFrom([.. tasks.Cells.Select(cell => cell.ToByte())]),
        Tasks = { tasks.Tasks.Select(ToWire) },
        Next = tasks.Next,
    };

    public static JobTasks FromWire(Wire.JobTasks wire) => new(
        wire.JobId,
        wire.Known,
        [.. wire.Stages.Select(FromWire)],
        wire.Stage,
        wire.First,
        [.. wire.Cells.Select(TaskCell.FromByte)],
        [.. wire.Tasks.Select(FromWire)],
        wire.Next);

    public static Wire.JobEvents ToWire(JobEvents events) => new()
    {
        JobId = events.JobId,
        Known = events.IsKnown,
        Epoch = events.Epoch,
        Events = { events.Events.Select(ToWire) },
        LastSequence = events.LastSequence,
    };

    public static JobEvents FromWire(Wire.JobEvents wire) =>
        new(wire.JobId, wire.Known, wire.Epoch, [.. wire.Events.Select(FromWire)], wire.LastSequence);

    public static Wire.JobEvent ToWire(JobEvent happened)
    {
        var wire = new Wire.JobEvent
        {
            Sequence = happened.Sequence,
            At = happened.At,
            Severity = (int)happened.Severity,
            Text = happened.Text,
            Stage = happened.Stage,
            Owner = happened.Owner,
        };
        if (happened.Task >= 0)
        {
            wire.Task = happened.Task;
        }

        return wire;
    }

    public static JobEvent FromWire(Wire.JobEvent wire) =>
        new(wire.Sequence, wire.At, (EventSeverity)wire.Severity, wire.Text, wire.Stage, wire.HasTask ? wire.Task : -1, wire.Owner);

    public static Wire.NodeStatistics ToWire(NodeStatistics node) => new()
    {
        Address = node.Address,
        Roles = { node.Roles },
        Version = node.Version,
        HostName = node.HostName,
        StartedAt = node.StartedAt,
        ReportedAt = node.ReportedAt,
        Processors = node.Processors,
        CpuShare = node.CpuShare,
        ResidentBytes = node.ResidentBytes,
        BudgetBytes = node.BudgetBytes,
        SpillBytes = node.SpillBytes,
        SpilledBytes = node.SpilledBytes,
        Workers = node.Workers,
        Tasks =
        {
            node.Tasks.Select(task => new Wire.RunningTask
            {
                JobId = task.JobId,
                Stage = task.Stage,
                Kind = (int)task.Kind,
                Index = task.Index,
                Units = task.Units,
                UnitsPerSecond = task.UnitsPerSecond,
            }),
        },
        Shards = { node.Shards.Select(owned => new Wire.OwnedShards { JobId = owned.JobId, Kind = (int)owned.Kind, Shards = { owned.Shards } }) },
        DispatcherDelayMs = node.DispatcherDelayMs,
        HeartbeatDelayMs = node.HeartbeatDelayMs,
    };

    public static NodeStatistics FromWire(Wire.NodeStatistics wire) => new(
        wire.Address,
        [.. wire.Roles],
        wire.Version,
        wire.HostName,
        wire.StartedAt,
        wire.ReportedAt,
        wire.Processors,
        wire.CpuShare,
        wire.ResidentBytes,
        wire.BudgetBytes,
        wire.SpillBytes,
        wire.SpilledBytes,
        wire.Workers,
        [.. wire.Tasks.Select(task => new RunningTask(task.JobId, task.Stage, (StageKind)task.Kind, task.Index, task.Units, task.UnitsPerSecond))],
        [.. wire.Shards.Select(owned => new OwnedShards(owned.JobId, (ShardKind)owned.Kind, [.. owned.Shards]))],
        wire.DispatcherDelayMs,
        wire.HeartbeatDelayMs);

    public static Wire.TaskReport ToWire(TaskReport task) => new()
    {
        Index = task.Index,
        State = (int)task.State,
        Owner = task.Owner,
        Attempts = task.Attempts,
        DoneUnits = task.DoneUnits,
        TotalUnits = task.TotalUnits,
        StartedAt = task.StartedAt,
        ElapsedMs = task.ElapsedMs,
        Failure = task.Failure,
        Straggler = task.IsStraggler,
    };

    private static Wire.StageReport ToWire(StageReport stage) => new()
    {
        Number = stage.Number,
        Kind = (int)stage.Kind,
        Tasks = stage.Tasks,
        Done = stage.Done,
        Running = stage.Running,
        Troubled = stage.Troubled,
        Stragglers = stage.Stragglers,
        StartedAt = stage.StartedAt,
        ElapsedMs = stage.ElapsedMs,
        Open = stage.IsOpen,
    };

    private static StageReport FromWire(Wire.StageReport wire) => new(
        wire.Number,
        (StageKind)wire.Kind,
        wire.Tasks,
        wire.Done,
        wire.Running,
        wire.Troubled,
        wire.Stragglers,
        wire.StartedAt,
        wire.ElapsedMs,
        wire.Open);

    private static TaskReport FromWire(Wire.TaskReport wire) => new(
        wire.Index,
        (TaskState)wire.State,
        wire.Owner,
        wire.Attempts,
        wire.DoneUnits,
        wire.TotalUnits,
        wire.StartedAt,
        wire.ElapsedMs,
        wire.Failure,
        wire.Straggler);
}
