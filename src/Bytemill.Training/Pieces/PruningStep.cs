namespace Bytemill.Training;

/// <summary>One step of turning piece counts into vocabularies: something every shard does, then a barrier.</summary>
public abstract record PruningStep
{
    private PruningStep()
    {
    }

    /// <summary>Every shard: counted slice to kept and dropped slice, <see cref="PieceFilter"/>.</summary>
    public sealed record FilterSlices : PruningStep;

    /// <summary>Every shard: its dropped slice split into the kept pieces of all shards, <see cref="PieceSplitter"/>.</summary>
    public sealed record SplitDropped : PruningStep;

    /// <summary>Every shard: its kept slice split by the kept pieces of all shards, <see cref="PieceSplitter"/>.</summary>
    public sealed record SplitKept : PruningStep;

    /// <summary>Every shard: the parts that fell to it become its new kept slice, <see cref="PieceRunMerger"/>.</summary>
    /// <param name="WithBase">Whether they are added to the present kept slice (after <see cref="SplitDropped"/>) or replace it (after <see cref="SplitKept"/>).</param>
    public sealed record Combine(bool WithBase) : PruningStep;

    /// <summary>Every shard: its kept slice in selection order; then one cut over all of them, <see cref="PieceRanking"/>.</summary>
    /// <param name="Keep">Pieces to keep over all shards.</param>
    public sealed record RankSlices(int Keep) : PruningStep;

    /// <summary>Every shard: its kept slice to kept and dropped at the cut, <see cref="PieceRanking"/>.</summary>
    public sealed record CutSlices : PruningStep;

    /// <summary>The kept slices are the vocabulary of this size, <see cref="VocabularyBuilder"/>.</summary>
    /// <param name="Size">The requested size, special tokens included.</param>
    public sealed record EmitVocabulary(int Size) : PruningStep;

    /// <summary>One place, for all shards: every step up to the vocabulary of this size, <see cref="PieceGathering"/>. Its kept slice
    /// replaces those of the shards.</summary>
    /// <param name="Size">The requested size, special tokens included.</param>
    /// <param name="WithParts">Whether it begins by adding what the dropped pieces were split into; else the kept slices are as the
    /// last waste round or the last vocabulary left them.</param>
    public sealed record PruneTogether(int Size, bool WithParts) : PruningStep;

    /// <summary>Nothing is left to do.</summary>
    public sealed record Finished : PruningStep;
}
