using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What can be measured of a node while it works. All of it may be used by any thread.</summary>
internal sealed class NodeMeter
{
    private readonly ConcurrentDictionary<TaskMeter, byte> _running = new();
    private ImmutableList<OwnedShards> _shards = [];
    private readonly Lock _gate = new();
    private long _spilledBytes;
    private readonly long[] _textBytes = new long[Enum.GetValues<Phase>().Length];

    /// <summary>Attempts that are being computed: not those that wait for a thread.</summary>
    public IEnumerable<TaskMeter> Running => _running.Keys;

    /// <summary>Bytes of temporary files of all attempts that have ended.</summary>
    public long SpilledBytes => Interlocked.Read(ref _spilledBytes);

    /// <summary>What the node owns of the key spaces of jobs.</summary>
    public ImmutableList<OwnedShards> Shards
    {
        get => Volatile.Read(ref _shards);
        set => Volatile.Write(ref _shards, value);
    }

    /// <summary>How long messages wait on the default dispatcher.</summary>
    public DelayMeter Dispatcher { get; } = new();

    /// <summary>How long messages wait on the dispatcher that the cluster's heartbeats are on.</summary>
    public DelayMeter Heartbeats { get; } = new();

    /// <summary>Bytes of text read, of phases that count these; what running tasks have read included.</summary>
    public IEnumerable<(Phase Phase, long Bytes)> TextBytes()
    {
        long[] bytes;
        lock (_gate)
        {
            bytes = [.. _textBytes];
            foreach (TaskMeter task in Running.Where(task => task.Assignment.Stage.Kind.CountsBytes()))
            {
                bytes[(int)task.Assignment.Stage.Kind.Phase()] += task.Units;
            }
        }

        return [.. Enum.GetValues<Phase>().Where(phase => bytes[(int)phase] > 0).Select(phase => (phase, bytes[(int)phase]))];
    }

    public void Begin(TaskMeter task) => _running.TryAdd(task, 0);

    public void End(TaskMeter task)
    {
        // Under the lock, so that its bytes are told of once, and the sum never goes back.
        lock (_gate)
        {
            StageKind kind = task.Assignment.Stage.Kind;
            if (_running.TryRemove(task, out _) && kind.CountsBytes())
            {
                _textBytes[(int)kind.Phase()] += task.Units;
            }

            Interlocked.Add(ref _spilledBytes, task.Scratch?.WrittenBytes ?? 0);
        }
    }
}
