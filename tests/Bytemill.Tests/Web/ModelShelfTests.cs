using System.Collections.Immutable;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Web.Models;

namespace Bytemill.Tests;

public class ModelShelfTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_ManyAtOnce_LoadsOnce()
    {
        using var directory = new TestDirectory();
        var shelf = new ModelShelf(new ModelShelfOptions { Paths = [WriteModel(directory["m.bytemill"])] });
        LoadedModel[] loaded = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => shelf.GetAsync("m.bytemill", Cancellation))));
        Assert.All(loaded, model => Assert.Same(loaded[0], model));
        Assert.Equal(TestModels.SmallVocabulary.Count, loaded[0].Tokenizer.Model.IdCount);
        Assert.Equal(loaded[0].MemoryBytes, shelf.LoadedBytes);
    }

    [Fact]
    public async Task GetAsync_MoreThanTheBound_ForgetsTheOneNotUsedForLongest()
    {
        using var directory = new TestDirectory();
        ImmutableArray<string> paths = [.. "abc".Select(name => WriteModel(directory[$"{name}.bytemill"]))];
        long one = (await new ModelShelf(new ModelShelfOptions { Paths = paths }).GetAsync("a.bytemill", Cancellation)).MemoryBytes;
        var shelf = new ModelShelf(new ModelShelfOptions { Paths = paths, MemoryBytes = (2 * one) + 1 });
        LoadedModel a = await shelf.GetAsync("a.bytemill", Cancellation);
        LoadedModel b = await shelf.GetAsync("b.bytemill", Cancellation);
        await shelf.GetAsync("a.bytemill", Cancellation);
        await shelf.GetAsync("c.bytemill", Cancellation);
        Assert.InRange(shelf.LoadedBytes, one, 2 * one);
        Assert.Same(a, await shelf.GetAsync("a.bytemill", Cancellation));
        Assert.NotSame(b, await shelf.GetAsync("b.bytemill", Cancellation));
    }

    [Fact]
    public async Task GetAsync_ReplacedFile_IsLoadedAnew()
    {
        using var directory = new TestDirectory();
        string path = WriteModel(directory["m.bytemill"]);
        var shelf = new ModelShelf(new ModelShelfOptions { Paths = [path] });
        Assert.Equal(TestModels.SmallVocabulary.Count, (await shelf.GetAsync("m.bytemill", Cancellation)).Tokenizer.Model.IdCount);
        WriteModel(path, "<|more|>");
        Assert.Equal(TestModels.SmallVocabulary.Count + 1, (await shelf.GetAsync("m.bytemill", Cancellation)).Tokenizer.Model.IdCount);
    }

    [Fact]
    public async Task GetAsync_DamagedOrUnknown_SaysSoAndTriesAgain()
    {
        using var directory = new TestDirectory();
        string path = directory["m.bytemill"];
        var shelf = new ModelShelf(new ModelShelfOptions { Paths = [path] });
        Assert.Contains("'other'", (await Assert.ThrowsAsync<ModelUnavailableException>(() => shelf.GetAsync("other", Cancellation))).Message, StringComparison.Ordinal);
        Assert.Contains(path, (await Assert.ThrowsAsync<ModelUnavailableException>(() => shelf.GetAsync("m.bytemill", Cancellation))).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, "no model", Cancellation);
        Assert.Contains(path, (await Assert.ThrowsAsync<ModelUnavailableException>(() => shelf.GetAsync("m.bytemill", Cancellation))).Message, StringComparison.Ordinal);
        WriteModel(path);
        Assert.NotNull(await shelf.GetAsync("m.bytemill", Cancellation));
    }

    [Fact]
    public void Models_SameFileNames_HaveDifferentKeys()
    {
        var shelf = new ModelShelf(new ModelShelfOptions { Paths = ["/a/m.bytemill", "/b/m.bytemill", "/a/m.bytemill"] });
        Assert.Equal(["m.bytemill", "m.bytemill-2"], shelf.Models.Select(model => model.Key));
        Assert.Equal(["/a/m.bytemill", "/b/m.bytemill"], shelf.Models.Select(model => model.Title));
    }

    [Fact]
    public async Task Update_CompletedJobs_OffersTheirModelsTheLastFirst()
    {
        using var directory = new TestDirectory();
        var shelf = new ModelShelf(new ModelShelfOptions());
        int changes = 0;
        shelf.Changed += () => changes++;
        await using (EmbeddedCluster cluster = await EmbeddedCluster.StartAsync(workers: 1))
        {
            string[] inputs = TestCorpus.Write(directory["corpus"], [.. Enumerable.Range(0, 40).Select(row => $"text {row % 7} of the corpus, row {row}")], files: 1, rowsPerGroup: 20);
            var spec = new JobSpec
            {
                Mode = JobMode.Train,
                Inputs = [.. inputs],
                OutputDirectory = directory["out"],
                Training = new() { MaxVocabSizes = [290, 270], MinCount = 1 },
            };
            Assert.IsType<JobProtocol.JobCompleted>(await cluster.RunAsync(spec, cancellation: Cancellation));
        }

        JobSummary done = Summary("j1", JobStatus.Completed, Path.Combine(directory["out"], ResultManifest.FileName));
        JobSummary gone = Summary("j2", JobStatus.Completed, Path.Combine(directory["gone"], ResultManifest.FileName));
        shelf.Update([done, gone, Summary("j3", JobStatus.Failed, "reason")]);
        Assert.Equal(["j1-290", "j1-270"], shelf.Models.Select(model => model.Key));
        Assert.Equal(40, shelf.Models[0].Training!.Statistics.Rows);
        Assert.Equal(290, (await shelf.GetAsync("j1-290", Cancellation)).Tokenizer.Model.IdCount);
        Assert.Null(shelf.FaultOf("j1"));
        Assert.Contains(directory["gone"], shelf.FaultOf("j2"), StringComparison.Ordinal);
        shelf.Update([done, gone]);
        Assert.Equal(1, changes);
        shelf.Update([]);
        Assert.Empty(shelf.Models);
        Assert.Equal(2, changes);
        Assert.Equal(0, shelf.LoadedBytes);
    }

    private static JobSummary Summary(string id, JobStatus status, string text) => new(id, status, JobMode.Train, "", 0, 1, 2, null, text);

    private static string WriteModel(string path, params string[] special)
    {
        using FileStream file = File.Create(path);
        ModelFile.Write(TestModels.Small(special: special), file);
        return path;
    }
}
