using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What of which group a manifest says was left out.</summary>
internal sealed class ManifestFaults
{
    private readonly Dictionary<(string Path, int Group), GroupFaults> _groups;

    public ManifestFaults(ResultManifest manifest) => _groups = (manifest.LeftOut ?? [])
        .Where(entry => entry.RowGroup is not null)
        .GroupBy(entry => (entry.Path, entry.RowGroup!.Value))
        .ToDictionary(group => group.Key, group => FaultsOf([.. group]));

    /// <summary>Null where nothing was.</summary>
    public GroupFaults? Of(CorpusFile file, int group) => _groups.GetValueOrDefault((file.Path, group));

    private static GroupFaults FaultsOf(ManifestLeftOut[] entries) => new(
        Array.Find(entries, entry => entry.RowNumbers is null)?.Why,
        [.. entries.Where(entry => entry.RowNumbers is not null).Select(RowsOf)],
        RowGroupInfo.UnknownRows);

    // Which kind of fault it was is of no concern here.
    private static RowFaults RowsOf(ManifestLeftOut entry) =>
        new(default, [.. entry.RowNumbers!.Split(',').Select(RowRange.Parse)], entry.Bytes, entry.Why);
}
