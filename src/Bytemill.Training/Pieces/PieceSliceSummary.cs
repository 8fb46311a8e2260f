namespace Bytemill.Training;

/// <summary>What a slice of pieces holds.</summary>
/// <param name="Pieces">Number of distinct pieces.</param>
/// <param name="Total">Sum of their counts.</param>
/// <param name="LengthBytes">Length of the file.</param>
/// <param name="TextBytes">Bytes of text that the pieces stand for: each its length, count times.</param>
public sealed record PieceSliceSummary(long Pieces, long Total, long LengthBytes, long TextBytes);
