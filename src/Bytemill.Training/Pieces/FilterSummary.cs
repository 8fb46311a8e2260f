namespace Bytemill.Training;

/// <summary>Numbers of distinct pieces of one shard that <see cref="PieceFilter"/> kept (single bytes it added included) and dropped.</summary>
public sealed record FilterSummary(long Kept, long Dropped);
