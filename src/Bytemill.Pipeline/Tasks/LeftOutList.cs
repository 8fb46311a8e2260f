using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>All that a job left out of its input, for the manifest.</summary>
internal static class LeftOutList
{
    /// <returns>In order of paths, row groups and reasons.</returns>
    public static ImmutableArray<ManifestLeftOut> Of(TaskContext context)
    {
        var list = new List<ManifestLeftOut>();
        list.AddRange(context.Plan.LeftOutFiles.Select(file => new ManifestLeftOut(file.Path, ManifestLeftOut.WithoutPath(file.Why, file.Path), null, null, null, null, file.LengthBytes)));
        var groups = new LeftOutGroups(context);
        (int File, int Group) next = default;
        long? firstRow = 0;
        // Partitions may lie around others.
        IEnumerable<Wire.LeftOutGroup> all = Enumerable.Range(0, context.Plan.Partitions.Length).SelectMany(partition => groups.Read(partition).Groups);
        foreach (Wire.LeftOutGroup wire in all.OrderBy(group => (group.File, group.Group)))
        {
            GroupFaults faults = WireLeftOut.FromWire(wire);
            CorpusFile file = context.Plan.Files[wire.File];
            if (!file.Format.IsLines)
            {
                firstRow = file.RowGroups[..wire.Group].Sum(group => group.Rows);
            }
            else if ((wire.File, wire.Group) != next)
            {
                firstRow = wire.Group == 0 ? 0 : null;
            }

            list.AddRange(Describe(file, wire.Group, firstRow, faults));
            next = (wire.File, wire.Group + 1);
            firstRow = faults.GroupRows == RowGroupInfo.UnknownRows ? null : firstRow + faults.GroupRows;
        }

        // Stable, so that what is of one file stays in order.
        return [.. list.OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<ManifestLeftOut> Describe(CorpusFile file, int group, long? firstRow, GroupFaults faults)
    {
        RowGroupInfo info = file.RowGroups[group];
        if (faults.Damage is { } damage)
        {
            long? rows = info.Rows == RowGroupInfo.UnknownRows ? null : faults.LeftOutRows(info);
            yield return new ManifestLeftOut(file.Path, ManifestLeftOut.WithoutPath(damage, file.Path), group, firstRow, rows, null, info.TextBytes);
        }

        foreach (RowFaults rows in faults.Rows)
        {
            yield return new ManifestLeftOut(file.Path, rows.First, group, firstRow, rows.Count, string.Join(',', rows.Rows), rows.Bytes);
        }
    }
}
