using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

public class JobScriptTests
{
    private static readonly JobSize s_size = new(Partitions: 4, TokenizedFiles: 2, NGramShards: 3, PieceShards: 5);

    [Fact]
    public void Run_WithoutCut_GoesThroughAllPhasesInOrder()
    {
        // 1000 candidates, 900 kept, 850 after the first waste round, 850 after the second; fewer than the size asked for.
        List<StageSpec> stages = Walk(SpecFor(JobMode.Run, 2000), kind => kind == StageKind.Combine ? 850 : 900);
        Assert.Equal(
            [
                StageKind.CountNGrams, StageKind.MergeNGrams, StageKind.BuildModel, StageKind.SegmentPieces,
                StageKind.FilterPieces, StageKind.SplitDropped, StageKind.CombineWithBase,
                StageKind.SplitKept, StageKind.Combine, StageKind.SplitKept, StageKind.Combine,
                StageKind.EmitVocabulary, StageKind.TokenizeFiles, StageKind.PublishResults,
            ],
            stages.Select(stage => stage.Kind));
        Assert.Equal(Enumerable.Range(1, stages.Count), stages.Select(stage => stage.Number));
        Assert.Equal([4, 3, 1, 4, 5, 5, 5, 5, 5, 5, 5, 1, 2, 1], stages.Select(stage => stage.TaskCount));
    }

    [Fact]
    public void Train_TwoSizes_CutsToEachFromTheLargerOne()
    {
        long pieces = 900;
        List<StageSpec> stages = Walk(SpecFor(JobMode.Train, 400, 700), kind => kind switch
        {
            StageKind.CutSlices => pieces = Math.Min(pieces, pieces > 697 ? 697 : 397),
            _ => pieces,
        });
        Assert.Equal([697, 397], stages.Where(stage => stage.Kind == StageKind.FindCut).Select(stage => stage.Argument));
        Assert.Equal([700, 400], stages.Where(stage => stage.Kind == StageKind.EmitVocabulary).Select(stage => stage.Argument));
        StageSpec publish = stages[^1];
        Assert.Equal(StageKind.PublishResults, publish.Kind);
        Assert.Equal([700, 400], publish.Inputs.ParseVocabularies().Select(vocabulary => vocabulary.Size));
        Assert.DoesNotContain(stages, stage => stage.Kind == StageKind.TokenizeFiles);
    }

    [Fact]
    public void Train_FewPieces_PrunesThemTogetherOnceASize()
    {
        List<StageSpec> stages = Walk(SpecFor(JobMode.Train, 400, 700) with { PruneTogetherBelow = 1000 }, _ => 300);
        Assert.Equal(
            [StageKind.FilterPieces, StageKind.SplitDropped, StageKind.PruneTogether, StageKind.PruneTogether, StageKind.PublishResults],
            stages.Skip(4).Select(stage => stage.Kind));
        StageSpec first = stages[6];
        StageSpec second = stages[7];
        Assert.Equal((1, 700, stages[4].ManifestName, stages[5].ManifestName), (first.TaskCount, first.Argument, first.Inputs.Kept, first.Inputs.Runs));
        Assert.Equal((1, 400, first.ManifestName, ""), (second.TaskCount, second.Argument, second.Inputs.Kept, second.Inputs.Runs));
        Assert.Equal([(700, first.ManifestName), (400, second.ManifestName)], stages[^1].Inputs.ParseVocabularies());
    }

    [Fact]
    public void Tokenize_IsOneStageAndPublishing() =>
        Assert.Equal(
            [StageKind.TokenizeFiles, StageKind.PublishResults],
            Walk(SpecFor(JobMode.Tokenize, 2000), _ => 0).Select(stage => stage.Kind));

    [Fact]
    public void Tokenize_Shuffled_HasAStageForTheSlicesOfTheOrder()
    {
        JobScript tokenize = JobScript.Start(SpecFor(JobMode.Tokenize, 2000), s_size with { ShuffledFiles = 7 });
        JobScript shuffle = tokenize.Advance(0);
        JobScript publish = shuffle.Advance(0);
        Assert.Equal((StageKind.ShuffleRows, 7, tokenize.Current!.ManifestName), (shuffle.Current!.Kind, shuffle.Current.TaskCount, shuffle.Current.Inputs.Tokenized));
        Assert.Equal((StageKind.PublishResults, 1, shuffle.Current.ManifestName), (publish.Current!.Kind, publish.Current.TaskCount, publish.Current.Inputs.Tokenized));
        Assert.Equal([tokenize.Current.ManifestName], shuffle.Live);
        Assert.Equal([shuffle.Current.ManifestName], publish.Live);
    }

    [Theory]
    [InlineData(JobMode.Run)]
    [InlineData(JobMode.Train)]
    [InlineData(JobMode.Tokenize)]
    public void Start_LeavingOut_ChecksTheInputFirstAndKeepsWhatWasFound(JobMode mode)
    {
        List<StageSpec> plain = Walk(SpecFor(mode, 2000), _ => 900);
        List<StageSpec> stages = Walk(SpecFor(mode, 2000) with { InvalidUtf8 = InvalidUtf8Handling.SkipRow }, _ => 900);
        Assert.Equal((StageKind.CheckInput, 4, ""), (stages[0].Kind, stages[0].TaskCount, stages[0].Inputs.LeftOut));
        Assert.Equal(plain.Select(stage => (stage.Kind, stage.TaskCount)), stages.Skip(1).Select(stage => (stage.Kind, stage.TaskCount)));
        Assert.All(stages.Skip(1), stage => Assert.Equal(stages[0].ManifestName, stage.Inputs.LeftOut));
        Assert.All(plain, stage => Assert.Empty(stage.Inputs.LeftOut));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Live_HoldsWhatTheStageReadsAndNothingOutdated(long togetherBelow)
    {
        JobScript script = JobScript.Start(SpecFor(JobMode.Run, 700) with { PruneTogetherBelow = togetherBelow }, s_size);
        long pieces = 900;
        var written = new List<string>();
        while (script.Current is { } stage)
        {
            Assert.All(stage.Inputs.All(), input => Assert.Contains(input, written));
            Assert.All(stage.Inputs.All(), input => Assert.Contains(input, script.Live));
            Assert.True(script.Live.Count <= 4, $"{stage.Kind} keeps {string.Join(", ", script.Live)}");
            written.Add(stage.ManifestName);
            pieces = stage.Kind == StageKind.CutSlices ? 697 : pieces;
            script = script.Advance(pieces);
        }

        Assert.Empty(script.Live);
    }

    private static JobSpec SpecFor(JobMode mode, params int[] sizes) => new()
    {
        Mode = mode,
        Inputs = ["/in"],
        OutputDirectory = "/out",
        PruneTogetherBelow = 0,
        Training = new TrainerOptions { MaxVocabSizes = [.. sizes] },
    };

    private static List<StageSpec> Walk(JobSpec spec, Func<StageKind, long> entriesAfter)
    {
        List<StageSpec> stages = [];
        for (JobScript script = JobScript.Start(spec, s_size); script.Current is { } stage; script = script.Advance(entriesAfter(stage.Kind)))
        {
            stages.Add(stage);
            Assert.True(stages.Count < 100, "The script does not end.");
        }

        return stages;
    }
}
