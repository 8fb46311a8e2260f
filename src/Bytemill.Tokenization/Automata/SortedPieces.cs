namespace Bytemill.Tokenization;

/// <summary>Pieces in ascending order of their bytes, to be read twice: what a <see cref="PieceAutomaton"/> is built from.</summary>
public abstract class SortedPieces
{
    /// <summary>The piece at hand, at least one byte; valid until the next <see cref="Read"/>.</summary>
    public abstract ReadOnlySpan<byte> Piece { get; }

    /// <summary>Its count, at least 1.</summary>
    public abstract long Count { get; }

    /// <summary>The number that the automaton names the piece by; the pieces' numbers are 0 to their number − 1, in any order.</summary>
    public abstract int Index { get; }

    /// <summary>Goes back before the first piece.</summary>
    public abstract void Restart();

    /// <summary>Moves to the next piece; false at the end.</summary>
    public abstract bool Read();
}
