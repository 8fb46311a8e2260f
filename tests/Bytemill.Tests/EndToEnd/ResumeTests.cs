using System.Runtime.InteropServices;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Jobs of one machine that are killed or stopped, and gone on with by <c>--resume</c>.</summary>
[Collection(EndToEndTests.Name)]
public sealed class ResumeTests : IDisposable
{
    private const int MostBeginnings = 5;

    private static readonly Lazy<Task<SortedDictionary<string, byte[]>>> s_undisturbed = new(RunUndisturbedAsync);

    private readonly TestDirectory _directory = new();

    public ResumeTests() => WriteCorpus(_directory["in"]);

    private string[] Command => CommandFor(_directory["in"], _directory["out"]);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("Accepted job")]
    [InlineData("Planned job")]
    [InlineData("Finished CountNGrams")]
    [InlineData("Finished MergeNGrams")]
    [InlineData("Finished BuildModel")]
    [InlineData("Finished SegmentPieces")]
    [InlineData("Finished FilterPieces")]
    [InlineData("Finished PruneTogether")]
    [InlineData("Finished TokenizeFiles")]
    public async Task Run_Killed_ResumesToTheSameBytes(string point)
    {
        await KillAtAsync(point);

        // Without --resume it is said how to go on, and nothing is touched.
        SortedDictionary<string, byte[]> left = TestDirectory.Snapshot(_directory["out"]);
        (int refused, _, string[] errors) = await BytemillProcess.RunAsync(Command);
        Assert.Equal(2, refused);
        string line = Assert.Single(errors, error => error.Length > 0);
        Assert.Contains("--resume", line, StringComparison.Ordinal);
        Assert.Contains("--overwrite", line, StringComparison.Ordinal);
        AssertSame(left, TestDirectory.Snapshot(_directory["out"]));

        // What changes no result may be another.
        (int resumed, _, errors) = await BytemillProcess.RunAsync([.. Command, "--resume", "--workers", "1", "--memory", "300MB"]);
        Assert.True(resumed == 0, string.Join('\n', errors));
        await AssertResultsAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_TokenizedFileDamagedOrDeletedBeforeItIsPublished_IsMadeAnew(bool isDeleted)
    {
        string? damaged = null;
        for (int i = 0; damaged is null; i++)
        {
            // Publishing a few files takes a moment only; it may be over when the process dies.
            Assert.True(i < MostBeginnings, "The files were published before the process was killed.");
            if (i > 0)
            {
                Directory.Delete(_directory["out"], recursive: true);
            }

            await KillAtAsync("Finished TokenizeFiles");
            damaged = Directory.EnumerateFiles(_directory["out"], WorkFileNames.Tokenized, SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault();
        }

        if (isDeleted)
        {
            File.Delete(damaged);
        }
        else
        {
            byte[] bytes = File.ReadAllBytes(damaged);
            bytes[bytes.Length / 2] ^= 4;
            File.WriteAllBytes(damaged, bytes);
        }

        (int resumed, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, "--resume"]);
        Assert.True(resumed == 0, string.Join('\n', errors));
        await AssertResultsAsync();
    }

    [Fact]
    public async Task Run_KilledTwice_ResumesAgain()
    {
        int beginnings = 0;
        do
        {
            Assert.True(beginnings++ < MostBeginnings, "The resumed job was always done before it was killed.");
            await KillAtAsync("Finished CountNGrams");
        }
        while (!await TryKillAtAsync("Finished SegmentPieces", "--resume"));

        (int resumed, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, "--resume"]);
        Assert.True(resumed == 0, string.Join('\n', errors));
        await AssertResultsAsync();
    }

    [Fact]
    public async Task Run_Stopped_SaysHowToGoOnAndThatWorks()
    {
        await using (BytemillProcess run = BytemillProcess.Start([.. Command, "--verbose"]))
        {
            await run.ErrorLineAsync("Finished CountNGrams", () => run.Signal(PosixSignal.SIGTERM));
            Assert.Equal(130, await run.ExitCodeAsync());
            string hint = Assert.Single(run.Errors, error => error.Contains("Go on with: bytemill ", StringComparison.Ordinal));
            string[] command = hint.Split("Go on with: bytemill ")[1].Split(' ');
            Assert.Equal("--resume", command[^1]);
            (int resumed, _, string[] errors) = await BytemillProcess.RunAsync(command);
            Assert.True(resumed == 0, string.Join('\n', errors));
        }

        await AssertResultsAsync();
    }

    [Fact]
    public async Task Resume_WithOtherOptions_IsRefusedAndNamesThem()
    {
        await KillAtAsync("Finished CountNGrams");
        SortedDictionary<string, byte[]> left = TestDirectory.Snapshot(_directory["out"]);
        (int refused, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, "--resume", "--min-count", "8"]);
        Assert.Equal(2, refused);
        Assert.Contains("--min-count 2 (now 8)", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        AssertSame(left, TestDirectory.Snapshot(_directory["out"]));

        // Frozen by the plan, but of no weight for the result: said, and gone on.
        (int resumed, _, errors) = await BytemillProcess.RunAsync([.. Command.Where(part => part is not ("--shards" or "4")), "--resume", "--shards", "7"]);
        Assert.True(resumed == 0, string.Join('\n', errors));
        Assert.Contains(errors, error => error.Contains("--shards 7 is not taken", StringComparison.Ordinal));
        await AssertResultsAsync();
    }

    [Fact]
    public async Task Run_AnotherProcessInTheOutput_IsRefused()
    {
        await using BytemillProcess first = BytemillProcess.Start([.. Command, "--verbose"]);
        await first.ErrorLineAsync("Planned job", first.Freeze);
        foreach (string option in (string[])["--resume", "--overwrite"])
        {
            (int refused, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, option]);
            Assert.Equal(2, refused);
            Assert.Contains("Another process is working in the output", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
        }

        first.Thaw();
        Assert.Equal(0, await first.ExitCodeAsync());
        await AssertResultsAsync();
    }

    [Fact]
    public async Task Overwrite_UnfinishedJob_StartsAnew()
    {
        await KillAtAsync("Finished CountNGrams");
        (int done, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, "--overwrite"]);
        Assert.True(done == 0, string.Join('\n', errors));
        await AssertResultsAsync();
    }

    [Fact]
    public async Task Resume_NothingThere_Starts()
    {
        (int done, _, string[] errors) = await BytemillProcess.RunAsync([.. Command, "--resume"]);
        Assert.True(done == 0, string.Join('\n', errors));
        await AssertResultsAsync();
    }

    private async Task KillAtAsync(string point)
    {
        for (int i = 0; i < MostBeginnings; i++)
        {
            if (await TryKillAtAsync(point))
            {
                return;
            }
        }

        Assert.Fail($"The job was done before it was killed, {MostBeginnings} times.");
    }

    // Late in so small a job it may be done before it is killed: then that was no kill, and nothing of it is kept.
    private async Task<bool> TryKillAtAsync(string point, params string[] options)
    {
        await using BytemillProcess run = BytemillProcess.Start([.. Command, "--verbose", .. options]);
        await run.ErrorLineAsync(point, run.Kill);
        if (await run.ExitCodeAsync() != 0)
        {
            return true;
        }

        Directory.Delete(_directory["out"], recursive: true);
        return false;
    }

    private async Task AssertResultsAsync()
    {
        SortedDictionary<string, byte[]> files = TestDirectory.Snapshot(_directory["out"]);
        Assert.True(files.Remove(ResultManifest.FileName));
        AssertSame(await s_undisturbed.Value, files);
        Assert.False(Directory.Exists(Path.Combine(_directory["out"], WorkDirectory.NameInOutput)));
    }

    private static void AssertSame(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.All(expected, file => Assert.True(file.Value.AsSpan().SequenceEqual(actual[file.Key]), file.Key));
    }

    private static string[] CommandFor(string input, string output) =>
    [
        "run", "--input", input, "--output", output, "--vocab-size", "600,400", "--partition-size", "1", "--shards", "4", "--workers", "2",
    ];

    private static void WriteCorpus(string directory)
    {
        string line = string.Join(' ', Enumerable.Range(0, 800).Select(i => $"word{i * 7919 % 2_003}"));
        TestCorpus.Write(directory, [.. Enumerable.Range(0, 400).Select(i => $"{i} {line} {i * 31}")], files: 6, rowsPerGroup: 8);
    }

    private static async Task<SortedDictionary<string, byte[]>> RunUndisturbedAsync()
    {
        using var directory = new TestDirectory();
        WriteCorpus(directory["in"]);
        (int done, _, string[] errors) = await BytemillProcess.RunAsync(CommandFor(directory["in"], directory["out"]));
        Assert.True(done == 0, string.Join('\n', errors));
        SortedDictionary<string, byte[]> files = TestDirectory.Snapshot(directory["out"]);
        Assert.True(files.Remove(ResultManifest.FileName));
        Assert.DoesNotContain(files.Keys, name => name.StartsWith(WorkDirectory.NameInOutput, StringComparison.Ordinal));
        return files;
    }
}
