namespace Bytemill.Training;

/// <summary>Number of pieces that <c>PieceRanking</c> put into selection order.</summary>
public sealed record RankSummary(long Pieces);
