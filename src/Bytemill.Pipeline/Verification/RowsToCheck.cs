namespace Bytemill.Pipeline;

/// <summary>Which rows of a file are decoded: so many, spread evenly over it, always the same.</summary>
/// <param name="Rows">Rows of the file.</param>
/// <param name="Wanted">Rows to decode.</param>
internal readonly record struct RowsToCheck(long Rows, long Wanted)
{
    /// <summary>Whether a row is one of them.</summary>
    /// <param name="row">0-based index in the file.</param>
    public bool Includes(long row) =>
        Wanted >= Rows || (Wanted > 0 && (Int128)(row + 1) * Wanted / Rows > (Int128)row * Wanted / Rows);
}
