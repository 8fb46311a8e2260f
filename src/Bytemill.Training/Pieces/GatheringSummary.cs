namespace Bytemill.Training;

/// <summary>Number of pieces that <see cref="PieceGathering"/> left.</summary>
public sealed record GatheringSummary(long Pieces);
