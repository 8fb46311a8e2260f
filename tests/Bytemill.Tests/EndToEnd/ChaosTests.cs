using Bytemill.Chaos;

namespace Bytemill.Tests;

/// <summary>A few fixed rounds of <c>scripts/chaos.sh</c>; what cannot be done on this machine is left out.</summary>
[Collection(SplitTests.Name)]
public sealed class ChaosTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Rounds_FixedSeed_EndWithTheBytesOfAnUndisturbedJob()
    {
        string line = string.Join(' ', Enumerable.Range(0, 1_000).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 300).Select(i => $"{i} {line} {i * 31}")], files: 6, rowsPerGroup: 4);
        FaultKind[] faults = [FaultKind.KillWorker, FaultKind.TerminateWorker, FaultKind.CutOneOff, FaultKind.DamageFile];
        await using ChaosRun run = await ChaosRun.StartAsync(new ChaosOptions
        {
            Program = Path.Combine(AppContext.BaseDirectory, "bytemill.dll"),
            Directory = _directory["chaos"],
            Corpus = [_directory["in"]],
            Job = ["--vocab-size", "600,400", "--partition-size", "1", "--shards", "4", "--no-disk-check"],
            Faults = [.. faults],
            Nodes = 3,
        }, TestContext.Current.CancellationToken);
        for (int round = 1; round <= run.Faults.Length; round++)
        {
            RoundReport report = await run.RunAsync(round, TestContext.Current.CancellationToken);
            Assert.True(report.IsGood, $"{report}\n{string.Join('\n', report.Faults)}\n{Logs()}");
        }
    }

    private string Logs() => string.Join(
        '\n', Directory.EnumerateFiles(_directory["chaos"], "*.log", SearchOption.AllDirectories).Select(path => $"--- {path}\n{File.ReadAllText(path)}"));
}
