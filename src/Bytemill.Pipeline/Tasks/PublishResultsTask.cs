using System.Collections.Immutable;
using Bytemill.Corpus;
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
        ImmutableArray<ListedOutput> outputs = [.. ListedOutput.ReadAll(context)];
        CheckTokenized(context, outputs);
        ResultManifest manifest = ManifestFor(context, DescribeModels(context), outputs);
        if (!manifest.IsWrittenTo(spec.OutputDirectory))
        {
            // How many files there are, and so all their names, is known only now.
            RequireDistinct(outputs);
            JobOutput.CheckNames(spec.OutputDirectory, outputs.Where(output => !output.IsInPlace).Select(output => output.Result.Path));
            JobOutput.RemoveEarlierResults(spec.OutputDirectory, Staying(spec, outputs));
            manifest.Write(spec.OutputDirectory);
        }

        // Soon: by it an update goes on from what there is, should all that follows fail.
        if (OutputLedger.IsFor(spec))
        {
            OutputLedger.Write(context, manifest.Models[0].Sha256);
        }

        if (spec.DatasetCard)
        {
            DatasetCard.Write(context, manifest, [.. outputs.Select(output => Stores.HasFile(output.Source) ? output.Source : StorePath.Combine(spec.OutputDirectory, output.Result.Path))]);
        }

        if (spec.KeepCounts)
        {
            KeptCounts.Write(context, DescribeCounts(context));
        }

        IStore store = Stores.Of(spec.OutputDirectory);
        ParallelWork.ForAll(context, store.ParallelTransfers, Moves(context, outputs), move => Publish(context, move.Source, move.Target));
        store.Write(StorePath.Combine(spec.OutputDirectory, JobOutput.SuccessFileName), []);
        return new TaskMetrics { Units = 1 };
    }

    // The last moment: what has been damaged since its task committed it can still be made anew; what is published is not looked at again.
    private static void CheckTokenized(TaskContext context, ImmutableArray<ListedOutput> outputs) => ParallelWork.ForAll(
        context,
        // Elsewhere it is waited for more than computed.
        Math.Max(context.Threads, Stores.Of(context.Job.Work.Root).ParallelTransfers / 2),
        outputs,
        output => Require(context, output));

    private static void Require(TaskContext context, ListedOutput output)
    {
        if (!output.IsInPlace)
        {
            WorkFileCheck.Require(output.Source, output.Result.Xxh3, StorePath.Combine(context.Spec.OutputDirectory, output.Result.Path));
        }
        else if (!output.IsThere)
        {
            // What it holds was read when it was taken over.
            throw new FileNotFoundException($"'{output.Source}', which was to stay as an earlier job made it, is gone or has changed.", output.Source);
        }
    }

    // What of an earlier job's is a result of this one, or is replaced as a whole and until then still of use.
    private static HashSet<string> Staying(JobSpec spec, ImmutableArray<ListedOutput> outputs)
    {
        HashSet<string> stay = outputs.Where(output => output.IsInPlace).Select(output => StorePath.Full(output.Source)).ToHashSet(StringComparer.Ordinal);
        if (spec.DatasetCard)
        {
            stay.Add(StorePath.Full(StorePath.Combine(spec.OutputDirectory, DatasetCard.FileName)));
        }

        if (spec.Update)
        {
            stay.Add(StorePath.Full(StorePath.Combine(spec.OutputDirectory, OutputLedger.FileName)));
        }

        return stay;
    }

    private static void RequireDistinct(ImmutableArray<ListedOutput> outputs)
    {
        if (outputs.GroupBy(output => output.Result.Path, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new JobInputException($"Two files would be named '{twice.Key}', by the names of their inputs. Rename one of the inputs.");
        }
    }

    private static ImmutableArray<ManifestModel> DescribeModels(TaskContext context)
    {
        JobSpec spec = context.Spec;
        if (spec.ModelPath is { } given)
        {
            // That which the files were made with: the file itself is needed no more, and may be another by now.
            PlannedModel planned = context.Plan.Model ?? PlannedModel.Of(ModelSource.Read(given));
            return [new ManifestModel(given, planned.MaxVocabSize, planned.VocabSize, planned.Sha256)];
        }

        var models = ImmutableArray.CreateBuilder<ManifestModel>();
        foreach ((int size, string manifest) in context.Stage.Inputs.ParseVocabularies())
        {
            string name = spec.ModelFileName(size);
            string source = context.Job.PathOf(manifest, 0, WorkFileNames.Vocabulary);
            TokenizerModel model = TrainedModel.Read(Stores.HasFile(source) ? source : StorePath.Combine(spec.OutputDirectory, name));
            models.Add(new ManifestModel(name, size, model.Vocabulary.Count, model.Hash));
        }

        return models.ToImmutable();
    }

    private static IEnumerable<(string Source, string Target)> Moves(TaskContext context, ImmutableArray<ListedOutput> outputs)
    {
        JobSpec spec = context.Spec;
        StageInputs inputs = context.Stage.Inputs;
        foreach ((int size, string manifest) in spec.ModelPath is null ? inputs.ParseVocabularies() : [])
        {
            yield return (context.Job.PathOf(manifest, 0, WorkFileNames.Vocabulary), StorePath.Combine(spec.OutputDirectory, spec.ModelFileName(size)));
        }

        for (int partition = 0; spec.KeepCounts && partition < context.Plan.Partitions.Length; partition++)
        {
            yield return (context.Job.PathOf(inputs.Counts, partition, WorkFileNames.Run), StorePath.Combine(spec.OutputDirectory, KeptCounts.RunName(partition)));
        }

        foreach (ListedOutput output in outputs.Where(output => !output.IsInPlace))
        {
            yield return (output.Source, StorePath.Combine(spec.OutputDirectory, output.Result.Path));
        }
    }

    // What an earlier try has published already is left as it is: moved, or, out of an object store, put there once more.
    private static void Publish(TaskContext context, string source, string target)
    {
        if (Stores.HasFile(source))
        {
            context.Job.Work.Publish(source, target, context.Cancellation);
        }
        else if (!Stores.HasFile(target))
        {
            throw new FileNotFoundException($"A committed result is gone: neither '{source}' nor '{target}' is there.", source);
        }
    }

    private static ResultManifest ManifestFor(TaskContext context, ImmutableArray<ManifestModel> models, ImmutableArray<ListedOutput> outputs)
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
            Layout = spec.Mode == JobMode.Train || spec.Layout.IsPlain ? null : LayoutOf(context, models),
            BrokenInput = spec is { OnError: InputErrorHandling.Fail, InvalidUtf8: InvalidUtf8Handling.Fail }
                ? null
                : new ManifestBrokenInput(InputErrorNames.Of(spec.OnError), InputErrorNames.Of(spec.InvalidUtf8)),
            LeftOut = spec.LeavesOut ? LeftOutList.Of(context) : null,
            Extended = context.Plan.Extension is { } extension ? ExtensionOf(context.Plan, extension, times) : null,
            DatasetCard = spec.DatasetCard ? DatasetCard.FileName : null,
            Counts = spec.KeepCounts ? CountsOf(context) : null,
            Inputs =
            [
                .. context.Plan.Files.Select(
                    file => new ManifestInput(file.Path, file.LengthBytes, file.Rows, file.Fingerprint, file.Weight == 1 ? null : file.Weight)),
            ],
            Models = models,
            Outputs = [.. outputs.Select(output => output.Result)],
            Statistics = StatisticsOf(context, times),
            Phases = PhasesOf(times),
        };
    }

    private static IEnumerable<Wire.KeptRun> DescribeCounts(TaskContext context)
    {
        ImmutableArray<TaskMetrics> metrics = context.Job.Manifest(context.Stage.Inputs.Counts).Metrics;
        return KeptRun.ReadInfos(context).Select((info, partition) => KeptCounts.Describe(context.Plan, partition, metrics[partition], info));
    }

    private static ManifestCounts CountsOf(TaskContext context)
    {
        Wire.KeptRun[] runs = [.. DescribeCounts(context)];
        return new ManifestCounts(runs.Length, runs.Sum(run => run.LengthBytes));
    }

    private static ManifestExtension ExtensionOf(JobPlan plan, Wire.Extension extension, Wire.StageTimes times)
    {
        Wire.TaskMetrics total = times.Stages.Last(stage => stage.Kind == (int)StageKind.CountNGrams).Total;
        return new ManifestExtension(
            plan.Spec.Extend!,
            total.Reused,
            plan.Partitions.Length - total.Reused,
            total.ReusedBytes,
            total.TextBytes - total.ReusedBytes,
            plan.KeptRuns.Count - total.Reused,
            extension.NewFiles,
            extension.ChangedFiles,
            extension.OtherwiseFiles,
            extension.NeighbourFiles,
            extension.GoneFiles,
            extension.Differences.Count == 0 ? null : [.. extension.Differences]);
    }

    private static ManifestLayout LayoutOf(TaskContext context, ImmutableArray<ManifestModel> models)
    {
        OutputLayout layout = context.Spec.Layout;
        Wire.TokenizedFileInfo[] infos = [.. ListedOutput.ReadInfos(context)];
        ManifestModel model = models.Length == 1 ? models[0] : models.Single(model => model.MaxVocabSize == context.Spec.TokenizingSize);
        return new ManifestLayout(
            layout.Format.ToString().ToLowerInvariant(),
            layout.TypeFor(model.VocabSize).ToString().ToLowerInvariant(),
            layout.TokensAround.ToString().ToLowerInvariant().Replace(", ", ",", StringComparison.Ordinal),
            layout.Pack,
            layout.Pack is null ? null : layout.DropsLast ? "drop" : "pad",
            layout.Split,
            layout.Split is null ? null : layout.SplitSeed,
            layout.Shuffle,
            infos.Sum(info => info.EmptyRows),
            infos.Sum(info => info.DocumentTokens),
            infos.Sum(info => info.DroppedTokens),
            infos.Sum(info => info.PaddingTokens));
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
            total.Tokens == 0 ? null : Math.Round((double)total.SingleByteTokens / total.Tokens, 4),
            total.LeftOutRows == 0 ? null : total.LeftOutRows / readings,
            total.InvalidRows == 0 ? null : total.InvalidRows / readings);
    }

    private static ImmutableArray<ManifestPhase> PhasesOf(Wire.StageTimes times) =>
    [
        .. from stage in times.Stages
           let phase = stage.Kind == 0 ? Phase.Plan : ((StageKind)stage.Kind).Phase()
           group stage by phase into stages
           select new ManifestPhase(
               stages.Key.ToString().ToLowerInvariant(),
               stages.Sum(stage => stage.Tasks),
               Math.Round(stages.Sum(stage => stage.ElapsedMs) / 1000.0, 3),
               stages.Last().Total.Entries,
               stages.Sum(stage => stage.Total.WrittenBytes),
               stages.Sum(stage => stage.Total.ScratchBytes),
               stages.Sum(stage => stage.Total.Reused) is > 0 and var reused ? reused : null),
    ];
}
