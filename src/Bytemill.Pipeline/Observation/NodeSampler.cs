using System.Collections.Immutable;
using System.Diagnostics;

namespace Bytemill.Pipeline;

/// <summary>Looks at this process, once a second: what it takes, what it does.</summary>
internal sealed class NodeSampler
{
    private static readonly long s_startedAt = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds();

    private readonly NodeServices _node;
    private readonly string _address;
    private Dictionary<TaskMeter, long> _units = [];
    private long _time = Stopwatch.GetTimestamp();
    private TimeSpan _cpu = CpuTime();

    /// <param name="node">The node.</param>
    /// <param name="address"><c>host:port</c>.</param>
    public NodeSampler(NodeServices node, string address) => (_node, _address) = (node, address);

    /// <summary>Rates are since the last call.</summary>
    public NodeStatistics Sample()
    {
        long time = Stopwatch.GetTimestamp();
        double seconds = Math.Max(1e-3, Stopwatch.GetElapsedTime(_time, time).TotalSeconds);
        TimeSpan cpu = CpuTime();
        double share = (cpu - _cpu).TotalSeconds / seconds / Environment.ProcessorCount;
        (_time, _cpu) = (time, cpu);

        TaskMeter[] running = [.. _node.Meter.Running];
        var units = new Dictionary<TaskMeter, long>(running.Length);
        var tasks = ImmutableArray.CreateBuilder<RunningTask>(running.Length);
        long spill = 0;
        foreach (TaskMeter task in running)
        {
            units.Add(task, task.Units);
            double perSecond = (units[task] - _units.GetValueOrDefault(task)) / seconds;
            TaskIdentity identity = task.Assignment.Task;
            tasks.Add(new RunningTask(identity.Job.JobId, identity.Stage, task.Assignment.Stage.Kind, identity.Index, units[task], perSecond));
            spill += task.Scratch?.PresentBytes() ?? 0;
        }

        _units = units;
        tasks.Sort((left, right) => (left.JobId, left.Stage, left.Index).CompareTo((right.JobId, right.Stage, right.Index)));
        NodeOptions options = _node.Options;
        return new NodeStatistics(
            _address,
            options.Roles,
            ProgramVersion.Text,
            Environment.MachineName,
            s_startedAt,
            ReportedAt: 0,
            Environment.ProcessorCount,
            Math.Clamp(share, 0, 1),
            Environment.WorkingSet,
            _node.BudgetBytes,
            spill,
            _node.Meter.SpilledBytes,
            options.Roles.Contains(ClusterRoles.Worker) ? options.Workers : 0,
            tasks.ToImmutable(),
            [.. _node.Meter.Shards],
            _node.Meter.Dispatcher.LongestMs,
            _node.Meter.Heartbeats.LongestMs);
    }

    private static TimeSpan CpuTime() => Environment.CpuUsage.TotalTime;
}
