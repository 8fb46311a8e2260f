namespace Bytemill.Training;

/// <summary>Numbers of distinct pieces of one shard that <c>PieceFilter</c> kept (single bytes it added included) and dropped.</summary>
public sealed record FilterSummary(long Kept, long Dropped);
