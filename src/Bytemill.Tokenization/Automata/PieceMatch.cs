namespace Bytemill.Tokenization;

/// <summary>One piece that ends at an automaton state. Sixteen bytes, so four share a cache line.</summary>
internal readonly struct PieceMatch(double score, int length, int piece)
{
    /// <summary>Natural-log probability of the piece.</summary>
    public readonly double Score = score;

    /// <summary>Length of the piece in bytes.</summary>
    public readonly int Length = length;

    /// <summary>Index of the piece in the list the automaton was built from.</summary>
    public readonly int Piece = piece;
}
