namespace Bytemill.Tokenization;

/// <summary>A stretch of a chunk whose path is not known yet, with what is needed to compute it again.</summary>
internal sealed class DeferredStretch
{
    /// <summary>Offset in the document of the position before the first byte.</summary>
    public required long Start { get; init; }

    /// <summary>Number of bytes.</summary>
    public required int Length { get; init; }

    /// <summary>Values of the positions at the left edge that positions behind it choose from; the last is <see cref="Start"/>.</summary>
    public required double[] EdgeValues { get; init; }

    /// <summary>Powers of the values, for exact sampling.</summary>
    public required long[] EdgeScales { get; init; }

    /// <summary>For each position of the right edge the position of the left edge that its path comes through.</summary>
    public required int[] Origins { get; init; }

    /// <summary>
    /// The bytes, with those between the positions of the left edge before them, where the caller does not keep them; rented.
    /// </summary>
    public required byte[]? Text { get; init; }

    /// <summary>Position of the right edge that the path leaves by.</summary>
    public int ExitNode { get; set; }
}
