using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What the check of the input found, for a task that reads groups in order; one partition of it in memory at a time.</summary>
internal sealed class LeftOutGroups(TaskContext context)
{
    private static readonly Dictionary<(int File, int Group), GroupFaults> s_none = [];

    private readonly string _manifest = context.Stage.Inputs.LeftOut;
    private readonly (int File, int Group, int Partition)[] _ranges = context.Stage.Inputs.LeftOut.Length == 0 ? [] :
    [
        .. context.Plan.Partitions.SelectMany(partition => partition.Ranges, (partition, range) => (range.FileIndex, range.FirstRowGroup, partition.Index)).Order(),
    ];

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

    // That of the last range that begins here or before; partitions may lie around others that were counted before.
    private int PartitionOf(int file, int group)
    {
        (int low, int high) = (0, _ranges.Length);
        while (low + 1 < high)
        {
            int middle = (low + high) / 2;
            (low, high) = (_ranges[middle].File, _ranges[middle].Group).CompareTo((file, group)) <= 0 ? (middle, high) : (low, middle);
        }

        return _ranges[low].Partition;
    }
}
