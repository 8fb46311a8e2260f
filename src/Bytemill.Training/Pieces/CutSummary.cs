namespace Bytemill.Training;

/// <summary>Numbers of distinct pieces of one shard before and after the cut of <see cref="PieceRanking"/>.</summary>
public sealed record CutSummary(long Kept, long Dropped);
