namespace Bytemill.Tokenization;

/// <summary>A stretch of a chunk whose best path is not known yet, with what is needed to compute it again.</summary>
internal struct PendingBlock(long start, int length, int edgeLength, int state, byte[]? text)
{
    /// <summary>Offset of the first byte in the chunk.</summary>
    public readonly long Start = start;

    /// <summary>Number of bytes.</summary>
    public readonly int Length = length;

    /// <summary>Number of positions at the left edge through which a path may come in.</summary>
    public readonly int EdgeLength = edgeLength;

    /// <summary>Automaton state at the left edge.</summary>
    public readonly int State = state;

    /// <summary>The bytes, where the caller does not keep them; rented.</summary>
    public readonly byte[]? Text = text;

    /// <summary>Position of the right edge that the best path leaves by.</summary>
    public int ExitNode;
}
