namespace Bytemill.Training;

/// <summary>Numbers of distinct pieces of one shard before and after the cut of <c>PieceRanking</c>.</summary>
public sealed record CutSummary(long Kept, long Dropped);
