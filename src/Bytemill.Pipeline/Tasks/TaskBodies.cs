using System.Collections.Frozen;

namespace Bytemill.Pipeline;

/// <summary>The body of each kind of task.</summary>
internal static class TaskBodies
{
    private static readonly FrozenDictionary<StageKind, ITaskBody> s_bodies = new Dictionary<StageKind, ITaskBody>
    {
        [StageKind.CheckInput] = new CheckInputTask(),
        [StageKind.CountNGrams] = new CountNGramsTask(),
        [StageKind.MergeNGrams] = new MergeNGramsTask(),
        [StageKind.BuildModel] = new BuildModelTask(),
        [StageKind.SegmentPieces] = new SegmentPiecesTask(),
        [StageKind.FilterPieces] = new FilterPiecesTask(),
        [StageKind.SplitDropped] = new SplitPiecesTask(WorkFileNames.Dropped),
        [StageKind.SplitKept] = new SplitPiecesTask(WorkFileNames.Kept),
        [StageKind.CombineWithBase] = new CombineSliceTask(),
        [StageKind.Combine] = new CombineSliceTask(),
        [StageKind.RankSlices] = new RankSliceTask(),
        [StageKind.FindCut] = new FindCutTask(),
        [StageKind.CutSlices] = new CutSliceTask(),
        [StageKind.PruneTogether] = new PruneTogetherTask(),
        [StageKind.EmitVocabulary] = new EmitVocabularyTask(),
        [StageKind.TokenizeFiles] = new TokenizeFileTask(),
        [StageKind.ShuffleRows] = new ShuffleRowsTask(),
        [StageKind.PublishResults] = new PublishResultsTask(),
    }.ToFrozenDictionary();

    public static ITaskBody For(StageKind kind) => s_bodies[kind];
}
