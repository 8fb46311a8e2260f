namespace Bytemill.Pipeline;

/// <summary>Which key space a shard is a slice of.</summary>
public enum ShardKind
{
    /// <summary>N-grams.</summary>
    NGram = 0,

    /// <summary>Pieces.</summary>
    Piece = 1,
}
