namespace Bytemill.Training;

/// <summary>What a run file's entries are; stored in its header.</summary>
public enum RunKind : byte
{
    /// <summary>Counted n-grams of one partition, a segment for each shard; of <see cref="NGramCounter"/>.</summary>
    NGramRun = 1,

    /// <summary>Pruned n-grams of one shard, a segment for each length; of <see cref="NGramSliceMerger"/>.</summary>
    NGramSlice = 2,

    /// <summary>Counted pieces, a segment for each shard; of <see cref="PieceCounter"/> or <see cref="PieceSplitter"/>.</summary>
    PieceRun = 3,

    /// <summary>Pieces of one shard with their counts; of <see cref="PieceSliceWriter"/>.</summary>
    PieceSlice = 4,

    /// <summary>Pieces of one shard in order of selection; of <see cref="PieceRanking"/>.</summary>
    RankedPieces = 5,
}
