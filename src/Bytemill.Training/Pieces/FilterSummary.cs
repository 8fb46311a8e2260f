namespace Bytemill.Training;

/// <summary>What <see cref="PieceFilter"/> made of one shard.</summary>
/// <param name="Kept">Distinct pieces kept, single bytes that it added included.</param>
/// <param name="Dropped">Distinct pieces dropped.</param>
/// <param name="TextBytes">Bytes of text that both stand for: each piece its length, count times.</param>
public sealed record FilterSummary(long Kept, long Dropped, long TextBytes);
