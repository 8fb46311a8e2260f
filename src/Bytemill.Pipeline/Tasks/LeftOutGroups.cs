using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the check of the input found, for a task that reads groups in order; one partition of it in memory at a time.</summary>
internal sealed class LeftOutGroups(TaskContext context)
{
    private static readonly Dictionary<(int File, int Group), GroupFaults> s_none = [];

    private readonly string _manifest = context.Stage.Inputs.LeftOut;
    private int _partition = -1;
    private Dictionary<(int File, int Group), GroupFaults> _groups = s_none;

    /// <summary>What of a group is left out; null where nothing is.</summary>
    /// <exception cref="Training.RunFormatException">The work file is damaged.</exception>
    public GroupFaults? Of(int file, int group)
    {
        if (_manifest.Length == 0)
        {
            return null;
        }

        int partition = PartitionOf(file, group);
        if (partition != _partition)
        {
            _groups = Read(partition).Groups.ToDictionary(found => (found.File, found.Group), WireLeftOut.FromWire);
            _partition = partition;
        }

        return _groups.GetValueOrDefault((file, group)) is { IsAny: true } faults ? faults : null;
    }

    /// <summary>All that was found in a partition.</summary>
    public Wire.LeftOut Read(int partition)
    {
        using Stream file = context.Open(_manifest, partition, WorkFileNames.LeftOut)();
        return CheckedMessage.Read(file, Wire.LeftOut.Parser);
    }

    // The last one that begins here or before.
    private int PartitionOf(int file, int group)
    {
        (int low, int high) = (0, context.Plan.Partitions.Length);
        while (low + 1 < high)
        {
            int middle = (low + high) / 2;
            CorpusRange first = context.Plan.Partitions[middle].Ranges[0];
            (low, high) = (first.FileIndex, first.FirstRowGroup).CompareTo((file, group)) <= 0 ? (middle, high) : (low, middle);
        }

        return low;
    }
}
