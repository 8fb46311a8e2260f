using System.Diagnostics;
using Bytemill.Pipeline;
using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>Work files on a disk of their own, and what happens when it is full.</summary>
[Collection(EndToEndTests.Name)]
public sealed class SpillTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string[] _files;

    public SpillTests() => _files = TestCorpus.Write(_directory["in"], [.. GoldenCases.Load("languages").Documents], files: 2, rowsPerGroup: 40);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task SpillDirectory_HoldsTheWorkFiles_AndIsEmptyAfterwards()
    {
        Directory.CreateDirectory(_directory["spill"]);
        await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2, memoryBytes: 1 << 20);
        SortedDictionary<string, byte[]> expected = await cluster.ResultsAsync(Spec("plain"));
        using FileSystemWatcher watcher = new(_directory["spill"]);
        TaskCompletionSource used = new(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Created += (_, _) => used.TrySetResult();
        watcher.EnableRaisingEvents = true;
        IWireMessage end = await cluster.RunAsync(
            Spec("spilled") with { SpillDirectory = _directory["spill"] }, cancellation: TestContext.Current.CancellationToken);
        Assert.IsType<JobProtocol.JobCompleted>(end);
        await used.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory["spill"]));
        Assert.False(Directory.Exists(Path.Combine(_directory["spilled"], WorkDirectory.NameInOutput)));
        SortedDictionary<string, byte[]> spilled = TestDirectory.Snapshot(_directory["spilled"]);
        foreach ((string name, byte[] bytes) in expected)
        {
            Assert.Equal(bytes, spilled[name]);
        }
    }

    [Fact]
    public async Task FullDisk_JobWaits_AndGoesOnWhenThereIsRoom()
    {
        string spill = _directory["spill"];
        Directory.CreateDirectory(spill);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Command("mount", "-t", "tmpfs", "-o", "size=256k", "bytemill-test", spill), "Needs the right to mount.");
        try
        {
            await using EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 2);
            SortedDictionary<string, byte[]> expected = await cluster.ResultsAsync(Spec("plain"));
            string notice = "";
            IWireMessage end = await cluster.RunAsync(
                Spec("full") with { SpillDirectory = spill, SkipDiskCheck = true },
                progress =>
                {
                    if (progress.Notice.Length > 0 && notice.Length == 0)
                    {
                        notice = progress.Notice;
                        Assert.True(Command("mount", "-o", "remount,size=256m", spill));
                    }
                },
                TestContext.Current.CancellationToken);
            Assert.IsType<JobProtocol.JobCompleted>(end);
            Assert.Contains("make room", notice, StringComparison.Ordinal);
            Assert.Contains(spill, notice, StringComparison.Ordinal);
            SortedDictionary<string, byte[]> results = TestDirectory.Snapshot(_directory["full"]);
            foreach ((string name, byte[] bytes) in expected)
            {
                Assert.Equal(bytes, results[name]);
            }
        }
        finally
        {
            Assert.True(Command("umount", spill));
        }
    }

    private JobSpec Spec(string output) => new()
    {
        Mode = JobMode.Run,
        Inputs = [.. _files],
        OutputDirectory = _directory[output],
        PartitionBytes = 20_000,
        Training = new TrainerOptions { MaxVocabSizes = [1000] },
    };

    private static bool Command(string name, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program here.
            return false;
        }
    }
}
