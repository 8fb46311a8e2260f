namespace Bytemill.Training;

/// <summary>What <see cref="PieceRanking"/> put into selection order.</summary>
/// <param name="Pieces">Number of pieces.</param>
/// <param name="TextBytes">Bytes of text that they stand for: each its length, count times.</param>
public sealed record RankSummary(long Pieces, long TextBytes);
