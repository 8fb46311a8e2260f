using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>What is left out, between its records and its wire form.</summary>
internal static class WireLeftOut
{
    public static Wire.LeftOutGroup ToWire(int file, int group, GroupFaults faults)
    {
        var wire = new Wire.LeftOutGroup { File = file, Group = group, GroupRows = faults.GroupRows, Rows = { faults.Rows.Select(ToWire) } };
        if (faults.Damage is { } damage)
        {
            wire.Damage = damage;
        }

        return wire;
    }

    public static GroupFaults FromWire(Wire.LeftOutGroup wire) =>
        new(wire.HasDamage ? wire.Damage : null, [.. wire.Rows.Select(FromWire)], wire.GroupRows);

    private static Wire.LeftOutRows ToWire(RowFaults faults) => new()
    {
        Kind = (int)faults.Kind,
        Bytes = faults.Bytes,
        First = faults.First,
        Ranges = { faults.Rows.SelectMany(range => (long[])[range.First, range.Count]) },
    };

    private static RowFaults FromWire(Wire.LeftOutRows wire) => new(
        (RowFaultKind)wire.Kind,
        [.. wire.Ranges.Chunk(2).Select(range => new RowRange(range[0], range[1]))],
        wire.Bytes,
        wire.First);
}
