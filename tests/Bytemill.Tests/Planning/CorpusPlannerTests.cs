using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Plans against corpora whose numbers are known.</summary>
public sealed class CorpusPlannerTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Plan_SampleOfEverything_KnowsTheCorpus()
    {
        WriteCorpus(documents: 400);
        PlanReport report = Plan(_directory["in"], request => request with { SampleBytes = 10_000_000 });

        long bytes = Enumerable.Range(0, 400).Sum(i => (long)Document(i).Length);
        Assert.Equal(bytes, report.TextBytes);
        Assert.Equal(bytes, report.SampleBytes);
        Assert.Equal(2, report.Files);
        Assert.Equal(["plan", "count", "merge", "model", "segment", "vocabulary", "tokenize"], report.Phases.Select(phase => phase.Name));
        Assert.All(report.Phases, phase =>
        {
            Assert.True(phase.Seconds > 0);
            Assert.Contains(phase.Limit, (string[])["cpu", "disk", "network", "memory", "start"]);
            Assert.Equal(0, phase.NetworkBytes);
            Assert.InRange(phase.MemoryBytes, 1, report.PeakMemoryBytes);
        });
        Assert.True(report.TotalSeconds > report.Phases.Sum(phase => phase.Seconds));
        Assert.True(report.KeptNGrams > 256);
        Assert.NotNull(report.FreeDiskBytes);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path, ".bytemill*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Plan_HypotheticalCluster_SaysWhatLimitsAndWarns()
    {
        WriteCorpus(documents: 400);
        PlanReport report = Plan(_directory["in"], request => request with
        {
            TextBytes = 50_000_000_000_000,
            Cluster = new ClusterShape { Nodes = 200, Workers = 64, MemoryBytes = 1_000, DiskBytesPerSecond = 1e9, NetworkBytesPerSecond = 1e3 },
        });
        Assert.All(report.Phases.Where(phase => phase.Name != "plan"), phase =>
        {
            Assert.True(phase.NetworkBytes > 0, phase.Name);
            Assert.Equal("network", phase.Limit);
        });
        Assert.Contains(report.Warnings, warning => warning.Contains("--shards", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.Contains("times the sample", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, warning => warning.Contains("--min-count", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_Twice_GivesTheSameNumbers()
    {
        WriteCorpus(documents: 400);
        PlanReport first = Plan(_directory["in"], request => request with { SampleBytes = 20_000 });
        PlanReport second = Plan(_directory["in"], request => request with { SampleBytes = 20_000 });
        Assert.InRange(first.SampleBytes, 10_000, 30_000);
        Assert.Equal(
            (first.SampleBytes, first.DistinctNGrams, first.KeptNGrams, first.DistinctPieces),
            (second.SampleBytes, second.DistinctNGrams, second.KeptNGrams, second.DistinctPieces));
    }

    [Fact]
    public void Plan_SelectedRows_AreAllThatIsPlanned()
    {
        WriteCorpus(documents: 100);
        // As TestCorpus gives them: every third row has no language, the others go by fives; documents go round the files.
        long language = Enumerable.Range(0, 100).Where(i => i % 3 != 0 && i % 5 == 1).Sum(i => (long)Document(i).Length);
        long first = Enumerable.Range(0, 30).Sum(i => (long)Document(2 * i).Length);
        Assert.Equal(language, Plan(_directory["in"], request => request with { Spec = request.Spec with { Where = "lang = l1" } }).TextBytes);
        PlanReport report = Plan(_directory["in"], request => request with { Spec = request.Spec with { Limit = 30 } });
        Assert.Equal(first, report.TextBytes);
        Assert.InRange(Plan(_directory["in"], request => request with { Spec = request.Spec with { Sample = 0.5 } }).TextBytes, 1, first * 3);
    }

    [Fact]
    public void Plan_OneDocument_Works()
    {
        TestCorpus.Write(_directory["in"], ["a"], files: 1, rowsPerGroup: 1);
        Assert.Equal(1, Plan(_directory["in"], request => request).TextBytes);
    }

    [Fact]
    public void Plan_NoText_IsAnInputError()
    {
        TestCorpus.Write(_directory["in"], [null, ""], files: 1, rowsPerGroup: 1);
        Assert.Throws<JobInputException>(() => Plan(_directory["in"], request => request));
    }

    [Fact]
    public void Plan_Cancelled_Stops()
    {
        WriteCorpus(documents: 4);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => CorpusPlanner.Plan(Request(_directory["in"]), new Progress<string>(), cancelled.Token));
    }

    // An eighth of 60 MB of real text; what the whole holds was counted once.
    [Fact]
    public void Plan_EighthOfMixedCorpus_IsWithinThirtyPercent()
    {
        if (SharedData.Find("../corpus/mixed") is not { } mixed)
        {
            Assert.Skip("shared/corpus/mixed is not here.");
            return;
        }

        PlanReport report = Plan(mixed, request => request with { SampleBytes = 7_500_000 });
        Assert.InRange(report.TextBytes, 59_900_000, 60_100_000);
        Assert.InRange(report.SampleBytes, 6_000_000, 9_000_000);
        Within(0.3, 8_554_704, report.DistinctNGrams);
        Within(0.3, 2_069_760, report.KeptNGrams);
        Within(0.3, 1_743_490, report.DistinctPieces);
        Within(0.3, 42_300_000, report.ModelBytes);
    }

    private static void Within(double share, double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= share * expected, string.Create(CultureInfo.InvariantCulture, $"{actual:0} is not within {share:0.0} of {expected:0}"));

    private static string Document(int i) =>
        string.Create(CultureInfo.InvariantCulture, $"Document {i} of {i * i % 97} words says that number {i % 13} is {(i % 2 == 0 ? "even" : "odd")}.\n");

    private PlanReport Plan(string input, Func<PlanRequest, PlanRequest> change) =>
        CorpusPlanner.Plan(change(Request(input)), new Progress<string>(), TestContext.Current.CancellationToken);

    private PlanRequest Request(string input) => new()
    {
        Spec = new JobSpec
        {
            Inputs = [input],
            OutputDirectory = _directory["out"],
            Training = new() { MinCount = 8, MaxVocabSizes = [32_000] },
        },
        SpillDirectory = _directory["spill/not/yet/there"],
    };

    private void WriteCorpus(int documents) =>
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, documents).Select(Document)], files: 2, rowsPerGroup: 20);
}
