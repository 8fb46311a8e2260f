using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Rows of a group that are left out for the same kind of reason.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Rows">Which, ascending and apart.</param>
/// <param name="Bytes">Bytes of their texts, or of their lines.</param>
/// <param name="First">What was found in the first of them.</param>
public sealed record RowFaults(RowFaultKind Kind, ImmutableArray<RowRange> Rows, long Bytes, string First)
{
    /// <summary>How many rows.</summary>
    public long Count => Rows.Sum(range => range.Count);

    /// <summary>Groups rows by the kind of their fault.</summary>
    /// <param name="faults">In order of the rows, each row once.</param>
    internal static ImmutableArray<RowFaults> Gather(IEnumerable<RowFault> faults)
    {
        SortedDictionary<RowFaultKind, (ImmutableArray<RowRange>.Builder Rows, long Bytes, string First)> kinds = [];
        foreach (RowFault fault in faults)
        {
            if (!kinds.TryGetValue(fault.Kind, out (ImmutableArray<RowRange>.Builder Rows, long Bytes, string First) found))
            {
                found = (ImmutableArray.CreateBuilder<RowRange>(), 0, fault.What);
            }

            if (found.Rows.Count > 0 && found.Rows[^1] is var last && last.End == fault.Row)
            {
                found.Rows[^1] = last with { Count = last.Count + 1 };
            }
            else
            {
                found.Rows.Add(new RowRange(fault.Row, 1));
            }

            kinds[fault.Kind] = found with { Bytes = checked(found.Bytes + fault.Bytes) };
        }

        return [.. kinds.Select(kind => new RowFaults(kind.Key, kind.Value.Rows.ToImmutable(), kind.Value.Bytes, kind.Value.First))];
    }
}
