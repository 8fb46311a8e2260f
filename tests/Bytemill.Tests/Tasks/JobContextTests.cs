using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Tests;

public sealed class JobContextTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Tokenizer_VocabularyLostAndMadeAnew_IsReadFromItsNewPlace()
    {
        var work = WorkDirectory.At(_directory["work"]);
        work.Create();
        work.WriteManifest("first", new StageManifest(7, ["stages/s0007/lost"], [new TaskMetrics()]));
        work.WriteManifest("second", new StageManifest(9, ["stages/s0009/whole"], [new TaskMetrics()]));
        Directory.CreateDirectory(work.Resolve("stages/s0009/whole"));
        using (FileStream file = File.Create(Path.Combine(work.Resolve("stages/s0009/whole"), WorkFileNames.Vocabulary)))
        {
            ModelFile.Write(TestModels.Small(), file);
        }

        using var guard = new ResidentSetGuard(1L << 40, 1L << 41);
        var plan = new JobPlan(new JobSpec { Inputs = ["in"], OutputDirectory = "out" }, [], [], [], KeyRanges.Whole, KeyRanges.Whole);
        using var context = new JobContext(work, plan, new MemoryPlan(1 << 28, 1), guard);
        Assert.Throws<DirectoryNotFoundException>(() => context.Tokenizer(Tokenizing("first")));
        Assert.Equal(TestModels.Small().Hash, context.Tokenizer(Tokenizing("second")).Model.Hash);
    }

    [Fact]
    public void Tokenizer_ModelReplacedWhileTheJobRuns_IsRefusedAndNamed()
    {
        string path = _directory["model.bytemill"];
        Write(path, TestModels.Small());
        var planned = PlannedModel.Of(TestModels.Small());
        using var guard = new ResidentSetGuard(1L << 40, 1L << 41);
        var spec = new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = "out", ModelPath = path };
        var plan = new JobPlan(spec, [], [], [], KeyRanges.Whole, KeyRanges.Whole) { Model = planned };
        using (var before = new JobContext(WorkDirectory.At(_directory["work"]), plan, new MemoryPlan(1 << 28, 1), guard))
        {
            Assert.Equal(planned.Sha256, before.Tokenizer(Tokenizing("")).Model.Hash);

            // What is loaded stays: it is the one that was planned.
            Write(path, TestModels.Small(isolateDigits: true));
            Assert.Equal(planned.Sha256, before.Tokenizer(Tokenizing("")).Model.Hash);
        }

        using var after = new JobContext(WorkDirectory.At(_directory["work"]), plan, new MemoryPlan(1 << 28, 1), guard);
        JobInputException error = Assert.Throws<JobInputException>(() => after.Tokenizer(Tokenizing("")));
        Assert.All([path, "changed while the job was running", planned.Sha256[..12], "run the job again"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

        // It is put back before the next attempt; or the plan is of a version that did not write it down.
        Write(path, TestModels.Small());
        Assert.Equal(planned.Sha256, after.Tokenizer(Tokenizing("")).Model.Hash);
        Write(path, TestModels.Small(isolateDigits: true));
        using var old = new JobContext(WorkDirectory.At(_directory["work"]), plan with { Model = null }, new MemoryPlan(1 << 28, 1), guard);
        Assert.NotEqual(planned.Sha256, old.Tokenizer(Tokenizing("")).Model.Hash);
    }

    private static void Write(string path, TokenizerModel model)
    {
        using FileStream file = File.Create(path);
        ModelFile.Write(model, file);
    }

    private static StageSpec Tokenizing(string manifest) =>
        new(10, StageKind.TokenizeFiles, 1, new StageInputs { Vocabularies = $"300={manifest}" }, 300);
}
