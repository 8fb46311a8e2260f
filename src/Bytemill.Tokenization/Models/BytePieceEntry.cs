namespace Bytemill.Tokenization;

/// <summary>One piece as it stands in a bytepiece model file: where, which bytes, id and count.</summary>
internal readonly record struct BytePieceEntry(long Place, int Start, int Length, int Id, long Count);
