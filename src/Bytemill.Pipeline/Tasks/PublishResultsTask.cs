using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Moves models and tokenized files to their final names, writes the manifest, and last of all <c>_SUCCESS</c>.</summary>
/// <remarks>
/// The manifest goes first, so that of a publication broken off half way it is known which files are ours. May be repeated
/// after that: what has been moved already is left as it is.
/// </remarks>
internal sealed class PublishResultsTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        JobSpec spec = context.Spec;
        CheckTokenized(context);
        ResultManifest manifest = ManifestFor(context, DescribeModels(context), DescribeTokenized(context));
        if (!manifest.IsWrittenTo(spec.OutputDirectory))
        {
            JobOutput.RemoveEarlierResults(spec.OutputDirectory);
            manifest.Write(spec.OutputDirectory);
        }

        foreach ((string source, string target) in Moves(context))
        {
            Move(source, target);
        }

        File.WriteAllBytes(Path.Combine(spec.OutputDirectory, JobOutput.SuccessFileName), []);
        return new TaskMetrics { Units = 1 };
    }

    // The last moment: what has been damaged since its task committed it can still be made anew; what is published is not looked at again.
    private static void CheckTokenized(TaskContext context)
    {
        string manifest = context.Stage.Inputs.Tokenized;
        try
        {
            Parallel.For(
                0,
                manifest.Length == 0 ? 0 : context.Plan.TokenizedFileCount,
                new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation },
                task => WorkFileCheck.RequireTokenized(Path.GetDirectoryName(context.Job.PathOf(manifest, task, WorkFileNames.TokenizedInfo))!));
        }
        catch (AggregateException e)
        {
            // One is enough to have all of them looked at.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private static ImmutableArray<ManifestModel> DescribeModels(TaskContext context)
    {
        JobSpec spec = context.Spec;
        if (spec.ModelPath is { } given)
        {
            TokenizerModel model = ModelFile.ReadFile(given);
            return [new ManifestModel(given, model.Options.MaxVocabSize, model.Vocabulary.Count, model.Hash)];
        }

        var models = ImmutableArray.CreateBuilder<ManifestModel>();
        foreach ((int size, string manifest) in context.Stage.Inputs.ParseVocabularies())
        {
            string name = spec.ModelFileName(size);
            string source = context.Job.PathOf(manifest, 0, WorkFileNames.Vocabulary);
            TokenizerModel model = TrainedModel.Read(File.Exists(source) ? source : Path.Combine(spec.OutputDirectory, name));
            models.Add(new ManifestModel(name, size, model.Vocabulary.Count, model.Hash));
        }

        return models.ToImmutable();
    }

    private static ImmutableArray<ManifestOutput> DescribeTokenized(TaskContext context)
    {
        string manifest = context.Stage.Inputs.Tokenized;
        if (manifest.Length == 0)
        {
            return [];
        }

        var outputs = ImmutableArray.CreateBuilder<ManifestOutput>();
        for (int i = 0; i < context.Plan.TokenizedFileCount; i++)
        {
            TokenizedFile file = context.Plan.TokenizedFile(i);
            using Stream infoFile = context.Open(manifest, i, WorkFileNames.TokenizedInfo)();
            Wire.TokenizedFileInfo info = CheckedMessage.Read(infoFile, Wire.TokenizedFileInfo.Parser);
            outputs.Add(new ManifestOutput(file.Name.Replace('\\', '/'), info.LengthBytes, info.Rows, info.Tokens, info.Xxh3, file.Epoch));
        }

        return outputs.ToImmutable();
    }

    private static IEnumerable<(string Source, string Target)> Moves(TaskContext context)
    {
        JobSpec spec = context.Spec;
        StageInputs inputs = context.Stage.Inputs;
        foreach ((int size, string manifest) in spec.ModelPath is null ? inputs.ParseVocabularies() : [])
        {
            yield return (context.Job.PathOf(manifest, 0, WorkFileNames.Vocabulary), Path.Combine(spec.OutputDirectory, spec.ModelFileName(size)));
        }

        for (int i = 0; inputs.Tokenized.Length > 0 && i < context.Plan.TokenizedFileCount; i++)
        {
            yield return (
                context.Job.PathOf(inputs.Tokenized, i, WorkFileNames.Tokenized),
                Path.Combine(spec.OutputDirectory, context.Plan.TokenizedFile(i).Name));
        }
    }

    private static void Move(string source, string target)
    {
        if (File.Exists(source))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(source, target, overwrite: true);
        }
        else if (!File.Exists(target))
        {
            throw new FileNotFoundException($"A committed result is gone: neither '{source}' nor '{target}' is there.", source);
        }
    }

    private static ResultManifest ManifestFor(TaskContext context, ImmutableArray<ManifestModel> models, ImmutableArray<ManifestOutput> outputs)
    {
        JobSpec spec = context.Spec;
        Wire.StageTimes times = context.Job.Work.ReadStageTimes();
        return new ResultManifest
        {
            Version = ProgramVersion.Text,
            Mode = spec.Mode.ToString().ToLowerInvariant(),
            TextColumn = spec.TextColumn,
            Options = spec.Mode == JobMode.Tokenize ? null : OptionsOf(spec.Training),
            Sampling = spec.Sampling is { } sampling
                ? new ManifestSampling(sampling.Method.ToString().ToLowerInvariant(), sampling.Alpha, sampling.Seed, sampling.Epochs)
                : null,
            Selection = spec is { Where: null, Sample: null, Limit: null } ? null : new ManifestSelection(spec.Where, spec.Sample, spec.Limit),
            Inputs =
            [
                .. context.Plan.Files.Select(
                    file => new ManifestInput(file.Path, file.LengthBytes, file.Rows, file.Fingerprint, file.Weight == 1 ? null : file.Weight)),
            ],
            Models = models,
            Outputs = outputs,
            Statistics = StatisticsOf(context, times),
            Phases = PhasesOf(times),
        };
    }

    private static ManifestOptions OptionsOf(TrainerOptions options) => new(
        options.Order,
        options.MaxVocabSizes,
        options.MaxPieceLength,
        options.MinCount,
        options.IsolateDigits,
        options.EnsureUnicode,
        options.Normalization.ToString().ToLowerInvariant(),
        TextNormalizer.UnicodeVersion);

    // The last reading of the whole corpus knows most.
    private static ManifestStatistics StatisticsOf(TaskContext context, Wire.StageTimes times)
    {
        bool isTokenized = context.Stage.Inputs.Tokenized.Length > 0;
        StageKind reading = isTokenized ? StageKind.TokenizeFiles : StageKind.CountNGrams;
        TaskMetrics total = WireStages.FromWire(times.Stages.Last(stage => stage.Kind == (int)reading).Total);
        int readings = isTokenized ? context.Spec.Sampling?.Epochs ?? 1 : 1;
        return new ManifestStatistics(
            total.Rows / readings,
            total.TextBytes / readings,
            total.NormalizedBytes / readings,
            isTokenized ? total.Tokens : null,
            total.Tokens == 0 ? null : Math.Round((double)total.NormalizedBytes / total.Tokens, 4),
            total.Tokens == 0 ? null : Math.Round((double)total.SingleByteTokens / total.Tokens, 4));
    }

    private static ImmutableArray<ManifestPhase> PhasesOf(Wire.StageTimes times) =>
    [
        .. from stage in times.Stages
           let phase = stage.Kind == 0 ? Phase.Plan : ((StageKind)stage.Kind).Phase()
           group stage by phase into stages
           orderby stages.Key
           select new ManifestPhase(
               stages.Key.ToString().ToLowerInvariant(),
               stages.Sum(stage => stage.Tasks),
               Math.Round(stages.Sum(stage => stage.ElapsedMs) / 1000.0, 3),
               stages.Last().Total.Entries,
               stages.Sum(stage => stage.Total.WrittenBytes),
               stages.Sum(stage => stage.Total.ScratchBytes)),
    ];
}
