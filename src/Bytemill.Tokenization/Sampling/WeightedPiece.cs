namespace Bytemill.Tokenization;

/// <summary>One piece that ends at a state, as a sampler wants it. Sixteen bytes, so four share a cache line.</summary>
internal readonly struct WeightedPiece(double weight, int length, int piece)
{
    /// <summary>Factor of the piece for exact sampling, without its power of <see cref="SamplingTable.ScaleBits"/>; its score for Viterbi sampling.</summary>
    public readonly double Weight = weight;

    /// <summary>Length of the piece in bytes.</summary>
    public readonly int Length = length;

    /// <summary>Index of the piece in the automaton.</summary>
    public readonly int Piece = piece;
}
