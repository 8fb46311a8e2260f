namespace Bytemill.Pipeline;

/// <summary>What follows from the kind of a stage.</summary>
public static class StageKindExtensions
{
    /// <summary>Who runs the tasks of such a stage.</summary>
    internal static TaskPlacement Placement(this StageKind kind) => kind switch
    {
        StageKind.CheckInput or StageKind.CountNGrams or StageKind.SegmentPieces or StageKind.TokenizeFiles or StageKind.ShuffleRows => TaskPlacement.Worker,
        StageKind.MergeNGrams => TaskPlacement.NGramShard,
        StageKind.FilterPieces or StageKind.SplitDropped or StageKind.SplitKept or StageKind.CombineWithBase or StageKind.Combine
            or StageKind.RankSlices or StageKind.CutSlices or StageKind.PruneTogether => TaskPlacement.PieceShard,
        StageKind.BuildModel or StageKind.FindCut or StageKind.EmitVocabulary or StageKind.PublishResults => TaskPlacement.Coordinator,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of stage."),
    };

    /// <summary>The phase that people see it as a part of.</summary>
    public static Phase Phase(this StageKind kind) => kind switch
    {
        StageKind.CheckInput => Pipeline.Phase.Check,
        StageKind.CountNGrams => Pipeline.Phase.Count,
        StageKind.MergeNGrams => Pipeline.Phase.Merge,
        StageKind.BuildModel => Pipeline.Phase.Model,
        StageKind.SegmentPieces => Pipeline.Phase.Segment,
        StageKind.TokenizeFiles or StageKind.ShuffleRows => Pipeline.Phase.Tokenize,
        StageKind.PublishResults => Pipeline.Phase.Finish,
        _ => Pipeline.Phase.Vocabulary,
    };

    /// <summary>Whether progress of such a stage is told in bytes of text (else in tasks).</summary>
    public static bool CountsBytes(this StageKind kind) => kind is StageKind.CheckInput or StageKind.CountNGrams or StageKind.SegmentPieces or StageKind.TokenizeFiles;

    /// <summary>What the stage does, in a word or two, for progress and logs.</summary>
    public static string Describe(this StageKind kind) => kind switch
    {
        StageKind.CheckInput => "looking for what cannot be used",
        StageKind.CountNGrams => "counting n-grams",
        StageKind.MergeNGrams => "merging n-gram shards",
        StageKind.BuildModel => "building the n-gram model",
        StageKind.SegmentPieces => "segmenting",
        StageKind.FilterPieces => "dropping rare and long pieces",
        StageKind.SplitDropped => "splitting dropped pieces",
        StageKind.SplitKept => "looking for wasted pieces",
        StageKind.CombineWithBase or StageKind.Combine => "adding up split pieces",
        StageKind.RankSlices => "ranking pieces",
        StageKind.FindCut => "choosing the vocabulary",
        StageKind.CutSlices => "cutting to size",
        StageKind.PruneTogether => "pruning to the vocabulary",
        StageKind.EmitVocabulary => "writing the model",
        StageKind.TokenizeFiles => "tokenizing",
        StageKind.ShuffleRows => "shuffling",
        StageKind.PublishResults => "publishing results",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of stage."),
    };
}
