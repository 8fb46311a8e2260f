namespace Bytemill.Training;

/// <summary>The last piece, in selection order, that a vocabulary keeps.</summary>
public sealed record RankCut(byte[] Piece, long Count);
