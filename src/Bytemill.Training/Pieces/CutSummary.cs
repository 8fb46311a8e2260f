namespace Bytemill.Training;

/// <summary>What the cut of <see cref="PieceRanking"/> made of one shard.</summary>
/// <param name="Kept">Distinct pieces before the cut.</param>
/// <param name="Dropped">Distinct pieces after it.</param>
/// <param name="TextBytes">Bytes of text that both stand for: each piece its length, count times.</param>
public sealed record CutSummary(long Kept, long Dropped, long TextBytes);
