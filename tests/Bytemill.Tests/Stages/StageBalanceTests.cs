using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class StageBalanceTests
{
    private static readonly JobSpec s_spec = new() { Inputs = ["in"], OutputDirectory = "out" };

    private static readonly TaskMetrics s_counted = new() { Rows = 3, TextBytes = 1_000, NormalizedBytes = 990, WeightedBytes = 990, CoveredBytes = 990 };

    private static readonly TaskMetrics s_filtered = new() { CoveredBytes = 990 + 200 };

    private static readonly ImmutableArray<StageTime> s_before =
    [
        new(null, 1, 1_000, 1, new TaskMetrics()),
        new(StageKind.CountNGrams, 1, 1_000, 4, s_counted),
        new(StageKind.FilterPieces, 1, 2, 2, s_filtered),
        new(StageKind.TokenizeFiles, 1, 1_000, 2, s_counted with { Entries = 3 }),
    ];

    // What a stage reports when all is well.
    private static TaskMetrics Right(StageKind kind) => kind switch
    {
        StageKind.CheckInput or StageKind.CountNGrams or StageKind.SegmentPieces or StageKind.TokenizeFiles => s_counted,
        StageKind.ShuffleRows => new TaskMetrics { Entries = 3, CoveredBytes = 990 },
        StageKind.MergeNGrams => new TaskMetrics { CoveredBytes = 990 },
        StageKind.BuildModel or StageKind.FilterPieces => new TaskMetrics { CoveredBytes = 990 + 256 },
        _ => s_filtered,
    };

    [Fact]
    public void FindFault_EveryStageOfARightJob_IsNull() =>
        Assert.All(Enum.GetValues<StageKind>(), kind => Assert.Null(StageBalance.FindFault(kind, Right(kind), s_spec, 3, s_before)));

    [Theory]
    [InlineData(StageKind.CountNGrams)]
    [InlineData(StageKind.MergeNGrams)]
    [InlineData(StageKind.BuildModel)]
    [InlineData(StageKind.SegmentPieces)]
    [InlineData(StageKind.FilterPieces)]
    [InlineData(StageKind.SplitKept)]
    [InlineData(StageKind.CombineWithBase)]
    [InlineData(StageKind.Combine)]
    [InlineData(StageKind.RankSlices)]
    [InlineData(StageKind.CutSlices)]
    [InlineData(StageKind.PruneTogether)]
    [InlineData(StageKind.EmitVocabulary)]
    public void FindFault_CountsAreOneTooManyOrFarTooFew_NamesBothSums(StageKind kind)
    {
        TaskMetrics right = Right(kind);
        TaskMetrics more = right with { CoveredBytes = right.CoveredBytes + 1 };
        string? fault = StageBalance.FindFault(kind, more, s_spec, 3, s_before);
        Assert.NotNull(fault);
        Assert.Contains($"{more.CoveredBytes} ", fault, StringComparison.Ordinal);
        Assert.NotNull(StageBalance.FindFault(kind, right with { CoveredBytes = right.CoveredBytes - 257 }, s_spec, 3, s_before));
    }

    [Fact]
    public void FindFault_RowsOrTokensLostInTheShuffle_NamesBothSums()
    {
        TaskMetrics right = Right(StageKind.ShuffleRows);
        Assert.Contains("2 rows were written where 3", StageBalance.FindFault(StageKind.ShuffleRows, right with { Entries = 2 }, s_spec, 3, s_before), StringComparison.Ordinal);
        Assert.Contains("989 tokens were written where 990", StageBalance.FindFault(StageKind.ShuffleRows, right with { CoveredBytes = 989 }, s_spec, 3, s_before), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StageKind.CountNGrams)]
    [InlineData(StageKind.SegmentPieces)]
    [InlineData(StageKind.TokenizeFiles)]
    public void FindFault_ARowIsMissingOrTwice_NamesBothSums(StageKind kind)
    {
        Assert.Contains("2 rows", StageBalance.FindFault(kind, Right(kind) with { Rows = 2 }, s_spec, 3, s_before), StringComparison.Ordinal);
        Assert.Contains("4 rows", StageBalance.FindFault(kind, Right(kind) with { Rows = 4 }, s_spec, 3, s_before), StringComparison.Ordinal);
    }

    [Fact]
    public void FindFault_BytesAreLostInTokenizing_NamesBothSums()
    {
        Assert.Contains(
            "989 bytes lie in tokens where 990",
            StageBalance.FindFault(StageKind.TokenizeFiles, s_counted with { NormalizedBytes = 989 }, s_spec, 3, s_before),
            StringComparison.Ordinal);
        Assert.NotNull(StageBalance.FindFault(StageKind.TokenizeFiles, s_counted with { TextBytes = 999 }, s_spec, 3, s_before));
    }

    [Fact]
    public void FindFault_Epochs_AreExpectedThatOften()
    {
        JobSpec spec = s_spec with { Sampling = new JobSampling { Epochs = 2 } };
        TaskMetrics twice = TaskMetrics.Add(s_counted, s_counted);
        Assert.Null(StageBalance.FindFault(StageKind.TokenizeFiles, twice, spec, 3, s_before));
        Assert.NotNull(StageBalance.FindFault(StageKind.TokenizeFiles, s_counted, spec, 3, s_before));
    }

    [Fact]
    public void FindFault_TokenizingWithAGivenModel_ComparesRowsAlone() =>
        Assert.Null(StageBalance.FindFault(StageKind.TokenizeFiles, s_counted with { NormalizedBytes = 1 }, s_spec, 3, s_before[..1]));

    [Fact]
    public void FindFault_RowsPassedOverAndWeights_AreCountedToo()
    {
        TaskMetrics taken = s_counted with { Rows = 2, PassedRows = 1 };
        Assert.Null(StageBalance.FindFault(StageKind.CountNGrams, taken, s_spec, 3, s_before));
        Assert.Contains("2 rows", StageBalance.FindFault(StageKind.CountNGrams, taken with { PassedRows = 0 }, s_spec, 3, s_before), StringComparison.Ordinal);
        // What one stage takes, every other must take.
        Assert.Contains("2 rows were written where 3", StageBalance.FindFault(StageKind.TokenizeFiles, taken, s_spec, 3, s_before), StringComparison.Ordinal);
        Assert.Null(StageBalance.FindFault(StageKind.CountNGrams, s_counted with { WeightedBytes = 1980, CoveredBytes = 1980 }, s_spec, 3, s_before));
        Assert.NotNull(StageBalance.FindFault(StageKind.CountNGrams, s_counted with { WeightedBytes = 1980 }, s_spec, 3, s_before));
    }

    [Theory]
    [InlineData(StageKind.CountNGrams)]
    [InlineData(StageKind.SegmentPieces)]
    [InlineData(StageKind.TokenizeFiles)]
    public void FindFault_WhatIsLeftOut_MustBeWhatTheCheckFound(StageKind kind)
    {
        TaskMetrics found = s_counted with { Rows = 2, LeftOutRows = 1 };
        ImmutableArray<StageTime> before = [s_before[0], new(StageKind.CheckInput, 1, 1_000, 4, found), new(StageKind.CountNGrams, 1, 1_000, 4, found)];
        Assert.Null(StageBalance.FindFault(StageKind.CheckInput, found, s_spec, 3, before[..1]));
        Assert.NotNull(StageBalance.FindFault(StageKind.CheckInput, found with { LeftOutRows = 0 }, s_spec, 3, before[..1]));
        Assert.Null(StageBalance.FindFault(kind, found, s_spec, 3, before));
        // One row passed over for one left out, or another row left out than the one that was to be.
        Assert.Contains("0 rows were left out where 1 were to be", StageBalance.FindFault(kind, found with { LeftOutRows = 0, PassedRows = 1 }, s_spec, 3, before), StringComparison.Ordinal);
        Assert.NotNull(StageBalance.FindFault(kind, found with { TextBytes = 999 }, s_spec, 3, before));
    }

    [Theory]
    [InlineData(StageKind.CountNGrams)]
    [InlineData(StageKind.SegmentPieces)]
    [InlineData(StageKind.TokenizeFiles)]
    public void FindFault_TextOfTheSameLength_MustBeTheSame(StageKind kind)
    {
        const long Epochs = 3;
        JobSpec spec = s_spec with { Sampling = new JobSampling { Epochs = (int)Epochs } };
        TaskMetrics read = s_counted with { TextDigest = ulong.MaxValue / 2 };
        ImmutableArray<StageTime> before = [s_before[0], kind == StageKind.CountNGrams ? new(StageKind.CheckInput, 1, 1_000, 4, read) : new(StageKind.CountNGrams, 1, 1_000, 4, read)];
        TaskMetrics total = kind == StageKind.TokenizeFiles ? Enumerable.Repeat(read, (int)Epochs).Aggregate(TaskMetrics.Add) : read;
        Assert.Null(StageBalance.FindFault(kind, total, spec, 3, before));
        Assert.Contains("changed", StageBalance.FindFault(kind, total with { TextDigest = total.TextDigest + 1 }, spec, 3, before), StringComparison.Ordinal);
    }
}
