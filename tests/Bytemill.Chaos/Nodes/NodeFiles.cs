using System.Collections.Immutable;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>Configuration, logs and temporary files of the nodes, in one directory.</summary>
internal sealed class NodeFiles : IDisposable
{
    private readonly ImmutableArray<StreamWriter> _logs;

    /// <param name="directory">Made here; must not exist.</param>
    /// <param name="nodes">Number of nodes.</param>
    public NodeFiles(string directory, int nodes)
    {
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        _logs = [.. Enumerable.Range(0, nodes).Select(node => new StreamWriter(LogOf(node)) { AutoFlush = true })];
    }

    /// <summary>Where they are.</summary>
    public string Directory { get; }

    /// <summary>Variables that are set for every node: the journal is beside the logs, and is kept with them.</summary>
    public ImmutableDictionary<string, string> Environment =>
        ImmutableDictionary<string, string>.Empty.Add("BYTEMILL_JOURNAL", Path.Combine(Directory, "journal.db"));

    private string Config => Path.Combine(Directory, "node.conf");

    /// <summary>Time after which the cluster has given up a node that does not answer: detection, decision, removal.</summary>
    public static TimeSpan LostAfter { get; } = TimeSpan.FromSeconds(8);

    public void WriteConfig(IReadOnlyList<ChaosNode> nodes) => File.WriteAllText(
        Config,
        $$"""
        bytemill {
          seed-nodes = [{{string.Join(", ", nodes.Select(node => $"\"{node.Address}\""))}}]
          workers = 1
          memory = 256MiB
        }

        # Short, so that a round is.
        akka.cluster {
          failure-detector.acceptable-heartbeat-pause = 5s
          split-brain-resolver.stable-after = 3s
          split-brain-resolver.lease-majority.release-after = 10s
          down-removal-margin = 1s
        }

        akka.coordination.lease.bytemill {
          heartbeat-timeout = 8s
          heartbeat-interval = 2s
        }
        """);

    /// <summary>Arguments that start a node.</summary>
    public IEnumerable<string> ArgumentsOf(ChaosNode node, INodeNetwork network)
    {
        yield return "node";
        yield return "--config";
        yield return Config;
        yield return "--hostname";
        yield return network.HostOf(node.Index);
        yield return "--port";
        yield return network.PortOf(node.Index).ToString(CultureInfo.InvariantCulture);

        foreach (string option in network.Options)
        {
            yield return option;
        }

        // Half of the nodes have a disk of their own for temporary files; those of the others lie beside the work files.
        if (node.Index % 2 == 1)
        {
            yield return "--spill-dir";
            yield return SpillOf(node.Index);
        }
    }

    /// <summary>Temporary files that a node left in its own directory: all but the mark of the process that lives.</summary>
    public IEnumerable<string> Leftovers() =>
        Enumerable.Range(0, _logs.Length).Select(SpillOf).Where(System.IO.Directory.Exists).SelectMany(LeftoversIn);

    /// <summary>Adds a line to a node's log.</summary>
    public void Log(ChaosNode node, string line)
    {
        StreamWriter log = _logs[node.Index];
        lock (log)
        {
            log.WriteLine(line);
        }
    }

    public void Dispose()
    {
        foreach (StreamWriter log in _logs)
        {
            lock (log)
            {
                log.Dispose();
            }
        }
    }

    private static IEnumerable<string> LeftoversIn(string spill)
    {
        string[] marks = System.IO.Directory.GetFiles(spill, "bytemill-node-*.lock");
        string[] living = marks.Length == 1 ? [marks[0], Path.ChangeExtension(marks[0], null)] : [];
        return System.IO.Directory.EnumerateFileSystemEntries(spill, "*", SearchOption.AllDirectories).Except(living, StringComparer.Ordinal);
    }

    private string LogOf(int node) => Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"node-{node + 1}.log"));

    private string SpillOf(int node) => Path.Combine(Directory, string.Create(CultureInfo.InvariantCulture, $"spill-{node + 1}"));
}
