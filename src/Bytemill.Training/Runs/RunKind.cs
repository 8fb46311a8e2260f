namespace Bytemill.Training;

/// <summary>What a run file's entries are; stored in its header.</summary>
internal enum RunKind : byte
{
    NGramRun = 1,
    NGramSlice = 2,
    PieceRun = 3,
    PieceSlice = 4,
    RankedPieces = 5,
}
