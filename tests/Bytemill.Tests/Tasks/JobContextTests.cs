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
        var work = new WorkDirectory(_directory["work"]);
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

    private static StageSpec Tokenizing(string manifest) =>
        new(10, StageKind.TokenizeFiles, 1, new StageInputs { Vocabularies = $"300={manifest}" }, 300);
}
