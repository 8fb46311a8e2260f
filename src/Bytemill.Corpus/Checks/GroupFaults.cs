using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>What of a group is left out: all of it, or some rows.</summary>
/// <param name="Damage">Why all of it is; null when it is not.</param>
/// <param name="Rows">Rows that are, by kind; none where all is.</param>
/// <param name="GroupRows">Rows of the group, as far as reading it told; of a damaged group of lines <see cref="RowGroupInfo.UnknownRows"/>.</param>
public sealed record GroupFaults(string? Damage, ImmutableArray<RowFaults> Rows, long GroupRows)
{
    /// <summary>Whether anything is left out.</summary>
    public bool IsAny => Damage is not null || !Rows.IsEmpty;

    /// <summary>Rows left out that a job would have looked at; 0 of a damaged group whose rows nobody knows.</summary>
    /// <param name="info">The group.</param>
    public long LeftOutRows(RowGroupInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return Damage is null ? Rows.Sum(rows => rows.Count)
            : info.Rows == RowGroupInfo.UnknownRows ? 0
            : Math.Min(info.Rows, info.Take ?? info.Rows);
    }
}
