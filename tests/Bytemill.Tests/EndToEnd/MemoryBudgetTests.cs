using System.Text;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>What <c>--memory</c> promises: it and what the runtime takes bound the process, and the result is the same.</summary>
[Collection(EndToEndTests.Name)]
public sealed class MemoryBudgetTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task SmallestBudget_ModelAndPiecesLargerThanIt_BoundsTheProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The resident set is read from /proc.");

        // Made-up words have many n-grams, and with a smallest count of 1 all of them are kept: some 200 MB of model out of 8 MB of text.
        var random = new Random(5);
        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 400).Select(_ => (string?)Document(random))], files: 2, rowsPerGroup: 50);
        string small = Units(MemoryPlan.SmallestBudgetBytes);
        long resident = await TrainAsync(small);
        Assert.InRange(resident, 1, MemoryPlan.SmallestBudgetBytes + MemoryPlan.RuntimeBytes);
        await TrainAsync("2GiB");
        Assert.Equal(
            await File.ReadAllBytesAsync(Model("2GiB"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Model(small), TestContext.Current.CancellationToken));
    }

    private static string Units(long bytes) => $"{bytes >> 20}MiB";

    private static string Document(Random random)
    {
        var text = new StringBuilder();
        while (text.Length < 20_000)
        {
            for (int length = random.Next(2, 12); length > 0; length--)
            {
                text.Append((char)('a' + random.Next(26)));
            }

            text.Append(' ');
        }

        return text.ToString();
    }

    private string Model(string memory) => Path.Combine(_directory[memory], "model.bytemill");

    private async Task<long> TrainAsync(string memory)
    {
        (int exitCode, string[] errors, long resident) = await BytemillProcess.RunMeasuredAsync(
            "train", "--input", Path.Combine(_directory["in"], "*.parquet"), "--output", _directory[memory],
            "--vocab-size", "8000", "--min-count", "1", "--workers", "2", "--memory", memory);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        return resident;
    }
}
