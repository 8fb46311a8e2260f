using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Web.Api;

/// <summary>Between jobs as users ask for them and as the pipeline does.</summary>
public static partial class JobRequests
{
    private static readonly Dictionary<string, string> s_otherNames = new(StringComparer.Ordinal)
    {
        ["input"] = "inputs",
        ["no_disk_check"] = "disk_check",
        ["no_ensure_unicode"] = "ensure_unicode",
        ["partition_size"] = "partition_bytes",
        ["row_group_size"] = "row_group_bytes",
        ["file_size"] = "file_bytes",
    };

    // What the trainer says names its own options.
    private static readonly (string Words, string Field)[] s_words =
    [
        ("N-gram order", "order"),
        ("vocabulary size", "vocab_size"),
        ("longest piece", "max_piece_length"),
        ("smallest count", "min_count"),
        ("epochs", "epochs"),
        ("output", "output"),
        ("model", "model"),
    ];

    /// <summary>The job that is asked for.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="directory">Directory that relative paths are meant from; <c>null</c> when they must be absolute.</param>
    /// <exception cref="RequestFaultException">Fields are missing, out of range, or do not fit together.</exception>
    public static JobSpec ToSpec(JobRequest request, string? directory)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckFields(request);
        InputErrorHandling onError = InputErrorNames.ReadOnError(request.OnError);
        var spec = new JobSpec
        {
            Mode = request.Mode switch
            {
                "train" => JobMode.Train,
                "tokenize" => JobMode.Tokenize,
                _ => JobMode.Run,
            },
            Inputs = [.. request.Inputs!.Value.Select((input, i) => Input(input, directory, $"#/inputs/{i}"))],
            OutputDirectory = StorePath.FullDirectory(FullPath(request.Output!, directory, "#/output")),
            DatasetSplit = request.HfSplit,
            TextColumn = request.TextColumn,
            Where = request.Where,
            Sample = request.Sample,
            Limit = request.Limit,
            OnError = onError,
            InvalidUtf8 = request.InvalidUtf8 is { } handling ? InputErrorNames.ReadInvalidUtf8(handling)
                : onError == InputErrorHandling.Skip ? InvalidUtf8Handling.SkipRow
                : InvalidUtf8Handling.Fail,
            Overwrite = request.Overwrite,
            SpillDirectory = request.SpillDir is { } spill ? StorePath.FullDirectory(FullPath(spill, directory, "#/spill_dir")) : null,
            SkipDiskCheck = !request.DiskCheck,
            PartitionBytes = request.PartitionBytes,
            Update = request.Update,
            DropMissing = request.DropMissing,
            KeepCounts = request.KeepCounts,
            Extend = request.Extend is { } extended ? FullPath(extended, directory, "#/extend") : null,
        };
        spec = spec.Mode == JobMode.Tokenize ? spec with { ModelPath = FullPath(request.Model!, directory, "#/model") } : WithTraining(spec, request);
        return spec.Mode == JobMode.Train ? spec : WithOutput(spec, request);
    }

    /// <summary>How a job would be asked for.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="id">Its id.</param>
    /// <param name="priority">Its priority.</param>
    public static JobRequest FromSpec(JobSpec spec, string? id, int priority)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var request = new JobRequest
        {
            Id = id,
            Priority = priority,
            Mode = spec.Mode.ToString().ToLowerInvariant(),
            Inputs = spec.Inputs,
            Output = spec.OutputDirectory,
            HfSplit = spec.DatasetSplit,
            TextColumn = spec.TextColumn,
            Where = spec.Where,
            Sample = spec.Sample,
            Limit = spec.Limit,
            OnError = InputErrorNames.Of(spec.OnError),
            InvalidUtf8 = InputErrorNames.Of(spec.InvalidUtf8),
            Overwrite = spec.Overwrite,
            SpillDir = spec.SpillDirectory,
            DiskCheck = !spec.SkipDiskCheck,
            PartitionBytes = spec.PartitionBytes,
            Model = spec.ModelPath,
            Update = spec.Update,
            DropMissing = spec.DropMissing,
            KeepCounts = spec.KeepCounts,
            Extend = spec.Extend,
        };
        if (spec.Mode != JobMode.Tokenize)
        {
            request = request with
            {
                VocabSize = spec.Training.MaxVocabSizes,
                Order = spec.Training.Order,
                MinCount = spec.Training.MinCount,
                MaxPieceLength = spec.Training.MaxPieceLength,
                IsolateDigits = spec.Training.IsolateDigits,
                EnsureUnicode = spec.Training.EnsureUnicode,
                Normalization = spec.Training.Normalization.ToString().ToLowerInvariant(),
                Shards = spec.NGramShards,
                TokenizeWith = spec.TokenizeWithSize,
            };
        }

        return spec.Mode == JobMode.Train ? request : request with
        {
            Keep = spec.Keep,
            DatasetCard = spec.DatasetCard,
            OutputFormat = spec.Layout.Format.ToString().ToLowerInvariant(),
            IdType = spec.Layout.IdType switch
            {
                IdType.Default => null,
                IdType.Narrowest => "auto",
                var type => type.ToString().ToLowerInvariant(),
            },
            ZstdLevel = spec.CompressionLevel,
            RowGroupRows = spec.Layout.RowGroupRows,
            RowGroupBytes = spec.Layout.RowGroupBytes,
            FileBytes = spec.Layout.FileBytes,
            Pack = spec.Layout.Pack,
            PackLast = spec.Layout.DropsLast ? "drop" : "pad",
            AddSpecial = spec.Layout.DocumentTokens switch
            {
                null => null,
                DocumentTokens.None => "none",
                DocumentTokens.Bos => "bos",
                DocumentTokens.Eos => "eos",
                _ => "bos,eos",
            },
            Split = spec.Layout.Split,
            SplitSeed = spec.Layout.Split is null ? null : spec.Layout.SplitSeed,
            Shuffle = spec.Layout.Shuffle,
            Sampling = spec.Sampling?.Method.ToString().ToLowerInvariant(),
            Alpha = spec.Sampling?.Alpha,
            Epochs = spec.Sampling?.Epochs,
            Seed = spec.Sampling?.Seed,
        };
    }

    /// <summary>Looks a job over as the coordinator will, and keeps it within directories.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="jobId">Its id, when it has one.</param>
    /// <param name="roots">Directories that its paths must lie in; empty for anywhere.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="RequestFaultException">It cannot be done like this.</exception>
    public static void Check(JobSpec spec, string? jobId, ImmutableArray<string> roots, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(spec);
        try
        {
            DataRoots.Check(spec, roots);
            JobPreflight.Check(spec, jobId, cancellation);
        }
        catch (Exception e) when (UserErrors.IsInputError(e))
        {
            throw new RequestFaultException(UserErrors.Describe(e), PointerOf(e), e);
        }
    }

    /// <summary>JSON pointer to the field that a message is about.</summary>
    internal static string PointerOf(Exception e)
    {
        if (e is CorpusException)
        {
            return "#/inputs";
        }

        foreach (Match option in OptionPattern().Matches(e.Message))
        {
            string name = option.Groups[1].Value.Replace('-', '_');
            name = s_otherNames.GetValueOrDefault(name, name);
            if (BytemillJson.Default.JobRequest.Properties.Any(property => property.Name == name))
            {
                return $"#/{name}";
            }
        }

        return s_words.FirstOrDefault(entry => e.Message.Contains(entry.Words, StringComparison.OrdinalIgnoreCase)) is { Field: { } field } ? $"#/{field}" : "#";
    }

    private static void CheckFields(JobRequest request)
    {
        List<ValidationResult> found = [];
        Validator.TryValidateObject(request, new ValidationContext(request), found, validateAllProperties: true);
        var faults = found.Select(fault => new RequestFault(fault.ErrorMessage ?? "is wrong.", "#/" + BytemillJson.NameOf(fault.MemberNames.First()))).ToList();
        void Require(bool condition, string field, string message)
        {
            if (!condition)
            {
                faults.Add(new RequestFault(message, "#/" + field));
            }
        }

        Require(request.Mode != "tokenize" || request.Model is not null, "model", "is missing: mode tokenize needs the model.bytemill of a training run.");
        Require(request.Mode == "tokenize" || request.Model is null, "model", "is for mode tokenize; the others train their own.");
        Require(request.Mode == "tokenize" || !request.Update, "update", "is for mode tokenize.");
        Require(request.Update || !request.DropMissing, "drop_missing", "says what update does with inputs that are gone; ask for update, too.");
        Require(request.Mode != "tokenize" || !request.KeepCounts, "keep_counts", "is for modes run and train.");
        Require(request.Mode == "train" || request.Extend is null, "extend", "is for mode train.");
        Require(request.Mode == "run" || request.TokenizeWith is null, "tokenize_with", "is for mode run.");
        Require(request.Split is not null || request.SplitSeed is null, "split_seed", "is about dividing rows; say among which parts with split.");
        Require(
            request.SpillDir is not null || request.Output is null || !StorePath.IsRemote(request.Output),
            "spill_dir",
            "is missing: with an output in an object store, work files need storage that all nodes see, s3://BUCKET/PREFIX or a directory that they share.");
        foreach ((object? value, string field) in new (object?, string)[] { (request.Alpha, "alpha"), (request.Epochs, "epochs"), (request.Seed, "seed") })
        {
            Require(request.Sampling is not null || value is null, field, "is about random segmentations; say how to draw them with sampling.");
        }

        if (faults.Count > 0)
        {
            throw new RequestFaultException([.. faults]);
        }
    }

    private static JobSpec WithTraining(JobSpec spec, JobRequest request) => spec with
    {
        Training = new TrainerOptions
        {
            Order = request.Order,
            MaxVocabSizes = request.VocabSize,
            MaxPieceLength = request.MaxPieceLength,
            MinCount = request.MinCount,
            IsolateDigits = request.IsolateDigits,
            EnsureUnicode = request.EnsureUnicode,
            Normalization = request.Normalization == "none" ? TextNormalization.None : TextNormalization.Nfc,
        },
        NGramShards = request.Shards,
        PieceShards = request.Shards,
        TokenizeWithSize = request.TokenizeWith,
    };

    private static JobSpec WithOutput(JobSpec spec, JobRequest request)
    {
        var drawn = new JobSampling();
        return spec with
        {
            Keep = request.Keep,
            DatasetCard = request.DatasetCard,
            CompressionLevel = request.ZstdLevel,
            Layout = new OutputLayout
            {
                Format = request.OutputFormat switch
                {
                    "megatron" => OutputFormat.Megatron,
                    "npy" => OutputFormat.Npy,
                    _ => OutputFormat.Parquet,
                },
                IdType = request.IdType switch
                {
                    "auto" => IdType.Narrowest,
                    "int32" => IdType.Int32,
                    "uint16" => IdType.UInt16,
                    "uint32" => IdType.UInt32,
                    _ => IdType.Default,
                },
                DocumentTokens = request.AddSpecial switch
                {
                    "none" => DocumentTokens.None,
                    "bos" => DocumentTokens.Bos,
                    "eos" => DocumentTokens.Eos,
                    "bos,eos" => DocumentTokens.Bos | DocumentTokens.Eos,
                    _ => null,
                },
                RowGroupRows = request.RowGroupRows,
                RowGroupBytes = request.RowGroupBytes,
                FileBytes = request.FileBytes,
                Pack = request.Pack,
                DropsLast = request.PackLast == "drop",
                Split = request.Split,
                SplitSeed = request.SplitSeed ?? 0,
                Shuffle = request.Shuffle,
            },
            Sampling = request.Sampling is null ? null : new JobSampling
            {
                Method = request.Sampling == "viterbi" ? SamplingMethod.Viterbi : SamplingMethod.Exact,
                Alpha = request.Alpha ?? drawn.Alpha,
                Epochs = request.Epochs ?? drawn.Epochs,
                Seed = request.Seed ?? drawn.Seed,
            },
        };
    }

    private static string Input(string? text, string? directory, string pointer)
    {
        if (text is null)
        {
            throw new RequestFaultException("is null.", pointer);
        }

        try
        {
            InputExpression input = InputExpression.Parse(text);
            return (input with { Pattern = FullPath(input.Pattern, directory, pointer) }).ToString();
        }
        catch (CorpusException e)
        {
            throw new RequestFaultException(e.Message, pointer, e);
        }
    }

    private static string FullPath(string path, string? directory, string pointer) =>
        StorePath.IsRemote(path) ? StorePath.Full(path)
        : path.Length == 0 || path.Contains('\0', StringComparison.Ordinal) ? throw new RequestFaultException("is no path.", pointer)
        : Path.IsPathFullyQualified(path) ? Path.GetFullPath(path)
        : directory is not null ? Path.GetFullPath(path, directory)
        : throw new RequestFaultException($"must be an absolute path, which means the same on every node; found '{path}'.", pointer);

    [GeneratedRegex("--([a-z0-9-]+)")]
    private static partial Regex OptionPattern();
}
