using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Tests;

public sealed class PublishResultsTaskTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Run_ModelReplacedAfterTokenizing_NamesTheOneThatFilesWereMadeWith()
    {
        string path = _directory["model.bytemill"];
        using (FileStream file = File.Create(path))
        {
            ModelFile.Write(TestModels.Small(isolateDigits: true), file);
        }

        var planned = PlannedModel.Of(TestModels.Small());
        Publish(new JobSpec { Mode = JobMode.Tokenize, Inputs = ["in"], OutputDirectory = _directory["out"], ModelPath = path }, planned);
        Assert.Equal([new ManifestModel(path, planned.MaxVocabSize, planned.VocabSize, planned.Sha256)], ResultManifest.Read(_directory["out"]).Models);
        Assert.Contains("another model", Assert.Single(OutputVerifier.Verify(_directory["out"], new VerifyOptions(), TestContext.Current.CancellationToken).Notes), StringComparison.Ordinal);
    }

    // A job without any input file.
    private void Publish(JobSpec spec, PlannedModel model)
    {
        var job = new JobReference("job", 1, _directory["work"]);
        var work = WorkDirectory.At(job.WorkDirectory);
        work.Create();
        work.WritePlan(new JobPlan(spec, [], [], [], KeyRanges.Whole, KeyRanges.Whole) { Model = model });
        work.WriteManifest("tokenized", new StageManifest(1, [], []));
        work.WriteStageTimes(new Pipeline.Wire.StageTimes
        {
            Stages = { WireStages.ToWire(new StageTime(null, 0, 0, 0, new TaskMetrics())), WireStages.ToWire(new StageTime(StageKind.TokenizeFiles, 0, 0, 0, new TaskMetrics())) },
        });
        JobOutput.Prepare(spec.OutputDirectory, work, job.JobId);
        using var node = new NodeServices(new NodeOptions { Workers = 1, MemoryBytes = 1 << 26 });
        using var context = new JobContext(work, work.ReadPlan(), node.Memory, node.ResidentSet);
        var stage = new StageSpec(2, StageKind.PublishResults, 1, new StageInputs { Tokenized = "tokenized" }, 0);
        var task = new TaskIdentity(job, stage.Number, 0, 1);
        new PublishResultsTask().Run(new TaskContext(context, stage, 0, work.BeginAttempt(task), node, new TaskMeter(new TaskProtocol.AssignTask(task, stage)), TestContext.Current.CancellationToken));
    }
}
