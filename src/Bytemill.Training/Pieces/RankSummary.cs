namespace Bytemill.Training;

/// <summary>Number of pieces that <see cref="PieceRanking"/> put into selection order.</summary>
public sealed record RankSummary(long Pieces);
