namespace Bytemill.Pipeline;

/// <summary>What the tasks of a stage do. Each value has one <c>ITaskBody</c>. Numbers are on the wire: never reuse one.</summary>
public enum StageKind
{
    /// <summary>Partition → one run of n-gram counts with a segment for each shard.</summary>
    CountNGrams = 1,

    /// <summary>N-gram shard → merged, pruned slice.</summary>
    MergeNGrams = 2,

    /// <summary>All slices → the n-gram model file.</summary>
    BuildModel = 3,

    /// <summary>Partition → one run of piece counts with a segment for each shard.</summary>
    SegmentPieces = 4,

    // 5 and 6 added up and filtered in two stages.

    /// <summary>Piece shard → run of what its dropped pieces split into.</summary>
    SplitDropped = 7,

    /// <summary>Piece shard → run of what its kept pieces split into (the waste round).</summary>
    SplitKept = 8,

    /// <summary>Piece shard → kept slice plus what came out of the dropped.</summary>
    CombineWithBase = 9,

    /// <summary>Piece shard → slice of what came out of the waste round alone.</summary>
    Combine = 10,

    /// <summary>Piece shard → its pieces in order of selection.</summary>
    RankSlices = 11,

    /// <summary>All ranked slices → the last piece that stays.</summary>
    FindCut = 12,

    /// <summary>Piece shard → kept and dropped pieces by the cut.</summary>
    CutSlices = 13,

    /// <summary>All kept slices → one vocabulary's model file.</summary>
    EmitVocabulary = 14,

    /// <summary>Input file → tokenized file, or its rows in shuffled order.</summary>
    TokenizeFiles = 15,

    /// <summary>Everything → final names, manifest, <c>_SUCCESS</c>.</summary>
    PublishResults = 16,

    /// <summary>Piece shard → kept and dropped pieces by length and summed count.</summary>
    FilterPieces = 17,

    /// <summary>All kept slices, and what the dropped pieces were split into → one vocabulary's kept slice and model file.</summary>
    PruneTogether = 18,

    /// <summary>Partition → what of its row groups is left out, since it cannot be used.</summary>
    CheckInput = 19,

    /// <summary>Slice of the shuffled order → tokenized file.</summary>
    ShuffleRows = 20,
}
