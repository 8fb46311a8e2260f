using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>What can be measured of a node while it works. All of it may be used by any thread.</summary>
internal sealed class NodeMeter
{
    private readonly ConcurrentDictionary<TaskMeter, byte> _running = new();
    private ImmutableList<OwnedShards> _shards = [];
    private long _spilledBytes;

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

    public void Begin(TaskMeter task) => _running.TryAdd(task, 0);

    public void End(TaskMeter task)
    {
        if (_running.TryRemove(task, out _))
        {
            Interlocked.Add(ref _spilledBytes, task.Scratch?.WrittenBytes ?? 0);
        }
    }
}
