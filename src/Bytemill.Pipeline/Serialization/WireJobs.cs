using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Job, plan and options between their records and their wire form.</summary>
internal static class WireJobs
{
    public static Wire.JobReference ToWire(JobReference job) =>
        new() { JobId = job.JobId, Epoch = job.Epoch, WorkDirectory = job.WorkDirectory };

    public static JobReference FromWire(Wire.JobReference wire) => new(wire.JobId, wire.Epoch, wire.WorkDirectory);

    public static Wire.JobSpec ToWire(JobSpec spec)
    {
        var wire = new Wire.JobSpec
        {
            Mode = (int)spec.Mode,
            Inputs = { spec.Inputs },
            TextColumn = spec.TextColumn,
            OutputDirectory = spec.OutputDirectory,
            Training = ToWire(spec.Training),
            NgramShards = spec.NGramShards,
            PieceShards = spec.PieceShards,
            PruneTogetherBelow = spec.PruneTogetherBelow,
            PartitionBytes = spec.PartitionBytes,
            Overwrite = spec.Overwrite,
            CompressionLevel = spec.CompressionLevel,
            SkipDiskCheck = spec.SkipDiskCheck,
            Update = spec.Update,
            DropMissing = spec.DropMissing,
            KeepCounts = spec.KeepCounts,
            DatasetCard = spec.DatasetCard,
            OnError = (int)spec.OnError,
            InvalidUtf8 = (int)spec.InvalidUtf8,
        };
        if (spec.ModelPath is { } model)
        {
            wire.ModelPath = model;
        }

        if (spec.DatasetSplit is { } datasetSplit)
        {
            wire.DatasetSplit = datasetSplit;
        }

        if (spec.Extend is { } extended)
        {
            wire.Extend = extended;
        }

        if (spec.Keep is { } keep)
        {
            wire.Keep = new Wire.KeptColumns { Names = { keep } };
        }

        if (spec.TokenizeWithSize is { } size)
        {
            wire.TokenizeWithSize = size;
        }

        if (spec.Sampling is { } sampling)
        {
            wire.Sampling = new Wire.Sampling { Method = (int)sampling.Method, Alpha = sampling.Alpha, Seed = sampling.Seed, Epochs = sampling.Epochs };
        }

        if (spec.Where is { } where)
        {
            wire.Where = where;
        }

        if (spec.Sample is { } sample)
        {
            wire.Sample = sample;
        }

        if (spec.Limit is { } limit)
        {
            wire.Limit = limit;
        }

        if (spec.Layout != new OutputLayout())
        {
            wire.Layout = WireLayouts.ToWire(spec.Layout);
        }

        if (spec.SpillDirectory is { } spill)
        {
            wire.SpillDirectory = spill;
        }

        return wire;
    }

    public static JobSpec FromWire(Wire.JobSpec wire) => new()
    {
        Mode = (JobMode)wire.Mode,
        Inputs = [.. wire.Inputs],
        TextColumn = wire.TextColumn,
        OutputDirectory = wire.OutputDirectory,
        Training = FromWire(wire.Training),
        ModelPath = wire.HasModelPath ? wire.ModelPath : null,
        Keep = wire.Keep is { } keep ? [.. keep.Names] : null,
        NGramShards = wire.NgramShards,
        PieceShards = wire.PieceShards,
        PruneTogetherBelow = wire.PruneTogetherBelow,
        PartitionBytes = wire.PartitionBytes,
        Overwrite = wire.Overwrite,
        TokenizeWithSize = wire.HasTokenizeWithSize ? wire.TokenizeWithSize : null,
        Sampling = wire.Sampling is { } sampling
            ? new JobSampling { Method = (SamplingMethod)sampling.Method, Alpha = sampling.Alpha, Seed = sampling.Seed, Epochs = sampling.Epochs }
            : null,
        Where = wire.HasWhere ? wire.Where : null,
        Sample = wire.HasSample ? wire.Sample : null,
        Limit = wire.HasLimit ? wire.Limit : null,
        Layout = wire.Layout is { } layout ? WireLayouts.FromWire(layout) : new OutputLayout(),
        CompressionLevel = wire.CompressionLevel,
        SpillDirectory = wire.HasSpillDirectory ? wire.SpillDirectory : null,
        SkipDiskCheck = wire.SkipDiskCheck,
        Update = wire.Update,
        DropMissing = wire.DropMissing,
        KeepCounts = wire.KeepCounts,
        DatasetCard = wire.DatasetCard,
        DatasetSplit = wire.HasDatasetSplit ? wire.DatasetSplit : null,
        Extend = wire.HasExtend ? wire.Extend : null,
        OnError = (InputErrorHandling)wire.OnError,
        InvalidUtf8 = (InvalidUtf8Handling)wire.InvalidUtf8,
    };

    public static Wire.JobPlan ToWire(JobPlan plan) => new()
    {
        Spec = ToWire(plan.Spec),
        Files = { plan.Files.Select(ToWire) },
        OutputNames = { plan.OutputNames },
        Partitions = { plan.Partitions.Select(ToWire) },
        NgramRangeStarts = { plan.NGramRanges.Starts },
        PieceRangeStarts = { plan.PieceRanges.Starts },
        LeftOutFiles = { plan.LeftOutFiles.Select(file => new Wire.LeftOutFile { Path = file.Path, LengthBytes = file.LengthBytes, Why = file.Why }) },
        EarlierOutputs = { plan.EarlierOutputs.Select(output => new Wire.EarlierOutput { Task = output.Key, Entry = output.Value }) },
        KeptRuns = { plan.KeptRuns.Select(run => new Wire.PartitionRun { Partition = run.Key, Run = run.Value }) },
        Extension = plan.Extension,
        Model = plan.Model is { } model ? new Wire.PlannedModel { Sha256 = model.Sha256, MaxVocabSize = model.MaxVocabSize, VocabSize = model.VocabSize } : null,
    };

    public static JobPlan FromWire(Wire.JobPlan wire) => new(
        FromWire(wire.Spec),
        [.. wire.Files.Select(FromWire)],
        [.. wire.OutputNames],
        [.. wire.Partitions.Select(FromWire)],
        new KeyRanges([.. wire.NgramRangeStarts]),
        new KeyRanges([.. wire.PieceRangeStarts]))
    {
        LeftOutFiles = [.. wire.LeftOutFiles.Select(file => new LeftOutFile(file.Path, file.LengthBytes, file.Why))],
        EarlierOutputs = wire.EarlierOutputs.ToImmutableSortedDictionary(output => output.Task, output => output.Entry),
        KeptRuns = wire.KeptRuns.ToImmutableSortedDictionary(run => run.Partition, run => run.Run),
        Extension = wire.Extension,
        Model = wire.Model is { } model ? new PlannedModel(model.Sha256, model.MaxVocabSize, model.VocabSize) : null,
    };

    private static Wire.TrainerOptions ToWire(TrainerOptions options) => new()
    {
        Order = options.Order,
        MaxVocabSizes = { options.MaxVocabSizes },
        MaxPieceLength = options.MaxPieceLength,
        MinCount = options.MinCount,
        IsolateDigits = options.IsolateDigits,
        EnsureUnicode = options.EnsureUnicode,
        Normalization = (int)options.Normalization,
    };

    private static TrainerOptions FromWire(Wire.TrainerOptions wire) => new()
    {
        Order = wire.Order,
        MaxVocabSizes = [.. wire.MaxVocabSizes],
        MaxPieceLength = wire.MaxPieceLength,
        MinCount = wire.MinCount,
        IsolateDigits = wire.IsolateDigits,
        EnsureUnicode = wire.EnsureUnicode,
        Normalization = (TextNormalization)wire.Normalization,
    };

    private static Wire.CorpusFile ToWire(CorpusFile file) => new()
    {
        Path = file.Path,
        LengthBytes = file.LengthBytes,
        Fingerprint = file.Fingerprint,
        Weight = file.Weight,
        RowGroups = { file.RowGroups.Select(ToWire) },
        Columns =
        {
            file.Columns.Select(column => new Wire.Column
            {
                Name = column.Name,
                Type = column.Type,
                Nullable = column.IsNullable,
                CanKeep = column.CanKeep,
            }),
        },
    };

    private static CorpusFile FromWire(Wire.CorpusFile wire) => new()
    {
        Path = wire.Path,
        LengthBytes = wire.LengthBytes,
        Fingerprint = wire.Fingerprint,
        RowGroups = [.. wire.RowGroups.Select(group => new RowGroupInfo(group.Rows, group.TextBytes) { Take = group.HasTake ? group.Take : null })],
        Weight = Math.Max(1, wire.Weight),
        Columns = [.. wire.Columns.Select(column => new ColumnInfo(column.Name, column.Type, column.Nullable, column.CanKeep))],
    };

    private static Wire.RowGroup ToWire(RowGroupInfo group)
    {
        var wire = new Wire.RowGroup { Rows = group.Rows, TextBytes = group.TextBytes };
        if (group.Take is { } take)
        {
            wire.Take = take;
        }

        return wire;
    }

    private static Wire.Partition ToWire(CorpusPartition partition) => new()
    {
        Index = partition.Index,
        Ranges =
        {
            partition.Ranges.Select(range => new Wire.CorpusRange
            {
                FileIndex = range.FileIndex,
                FirstRowGroup = range.FirstRowGroup,
                RowGroupCount = range.RowGroupCount,
            }),
        },
        Rows = partition.Rows,
        TextBytes = partition.TextBytes,
    };

    private static CorpusPartition FromWire(Wire.Partition wire) => new()
    {
        Index = wire.Index,
        Ranges = wire.Ranges.Count > 0
            ? [.. wire.Ranges.Select(range => new CorpusRange(range.FileIndex, range.FirstRowGroup, range.RowGroupCount))]
            : throw new InvalidDataException($"Partition {wire.Index} of the plan has no row groups; another version of this program wrote it."),
        Rows = wire.Rows,
        TextBytes = wire.TextBytes,
    };
}
