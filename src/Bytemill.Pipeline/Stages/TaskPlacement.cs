namespace Bytemill.Pipeline;

/// <summary>Which actor runs a task.</summary>
internal enum TaskPlacement
{
    /// <summary>Any worker that pulls.</summary>
    Worker,

    /// <summary>The actor that owns this slice of the n-gram key space.</summary>
    NGramShard,

    /// <summary>The actor that owns this slice of the piece key space.</summary>
    PieceShard,

    /// <summary>The coordinator's own node.</summary>
    Coordinator,
}
