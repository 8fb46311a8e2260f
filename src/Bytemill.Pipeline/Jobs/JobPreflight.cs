using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>
/// Looks a job over before anything is written: options, inputs, columns, model, output. The command line runs it to answer
/// at once; the coordinator runs it again when the job's turn comes.
/// </summary>
public static class JobPreflight
{
    private const int ParallelInspections = 8;

    // Where each look waits for an answer from afar.
    private const int ParallelRemoteInspections = 32;

    /// <param name="spec">The job.</param>
    /// <param name="jobId">The job, when it has begun already: its own files in the output do not stand in its way.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <returns>The input files, and those that cannot be used where these are left out (<see cref="JobSpec.OnError"/>).</returns>
    /// <exception cref="JobInputException">An option, the model or the output is at fault.</exception>
    /// <exception cref="CorpusException">An input is at fault.</exception>
    public static JobInputs Check(JobSpec spec, string? jobId = null, CancellationToken cancellation = default)
    {
        TokenizerModel? given = CheckOptions(spec);
        SourceOptions options = spec.SourceOptions;
        ImmutableArray<InputFile> inputs = [.. InputResolver.ResolveFiles(spec.Inputs, spec.DatasetSplit).Where(file => options.Where?.RulesOut(file.Path) != true)];
        ImmutableArray<string> paths = [.. inputs.Select(file => file.Path)];
        Require(!paths.IsEmpty, $"No file can hold a row with {spec.Where} (--where), as the names of their directories tell.");
        JobOutput.CheckTarget(spec.OutputDirectory, spec.Overwrite, jobId, spec.Update);
        Wire.Ledger? earlier = spec.Update ? OutputLedger.ReadFor(spec, paths, given?.Hash ?? "") : null;
        Wire.KeptCounts? counts = spec.Extend is { } extended ? KeptCounts.Read(extended) : null;
        JobOutput.CheckInputs(spec.OutputDirectory, spec.ModelPath is { } model ? paths.Append(StorePath.Full(model)) : paths);
        JobInputs found = Inspect(inputs, spec, cancellation);
        if (spec.Mode != JobMode.Train && spec.Layout.Shuffle is not null)
        {
            ShuffleSchemas.Check(found.Files, spec, cancellation);
        }

        DiskCheck.Require(spec, found.Files);
        return found with { Earlier = earlier, Counts = counts, Model = given is null ? null : PlannedModel.Of(given) };
    }

    // The model, where one was given.
    private static TokenizerModel? CheckOptions(JobSpec spec)
    {
        TokenizerModel? given = null;
        if (spec.Mode == JobMode.Tokenize)
        {
            given = CheckModel(spec.ModelPath);
            spec.Layout.Check(spec.Keep, given.Vocabulary.Count);
        }
        else
        {
            CheckTraining(spec);
        }

        if (spec.Mode == JobMode.Run)
        {
            spec.Layout.Check(spec.Keep, spec.TokenizingSize);
        }

        Require(
            spec.Extend is null || StorePath.FullDirectory(spec.Extend) != StorePath.FullDirectory(spec.OutputDirectory),
            $"The job in '{spec.Extend}' (--extend) cannot be replaced by the one that takes its counts over; give another --output.");
        DatasetCard.Check(spec);
        spec.Sampling?.Check();
        Require(spec.Sample is null or (> 0 and <= 1), FormattableString.Invariant($"The fraction of rows (--sample) must be more than 0 and at most 1; found {spec.Sample}."));
        Require(spec.Limit is null or >= 1, $"The number of rows (--limit) must be at least 1; found {spec.Limit}.");
        CheckSpillDirectory(spec.SpillDirectory);
        Require(spec.NGramShards is >= 1 and <= 4096, $"The number of shards (--shards) must be in [1..4096]; found {spec.NGramShards}.");
        Require(spec.PieceShards is >= 1 and <= 4096, $"The number of shards (--shards) must be in [1..4096]; found {spec.PieceShards}.");
        Require(spec.PartitionBytes >= 1, $"A partition (--partition-size) must be at least 1 byte; found {spec.PartitionBytes}.");
        Require(spec.CompressionLevel is >= 1 and <= 22, $"The zstd level (--zstd-level) must be in [1..22]; found {spec.CompressionLevel}.");
        return given;
    }

    private static void CheckSpillDirectory(string? directory)
    {
        try
        {
            Require(
                directory is null || Stores.Of(directory).Find(directory) is null,
                $"The work files cannot go to '{directory}', which is a file; give a directory with --spill-dir.");
            // Asks whether there is such a bucket, and whether one may look into it.
            _ = directory is not null && Stores.Of(directory).HasDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"The work files cannot go there (--spill-dir): {e.Message}", e);
        }
    }

    private static void CheckTraining(JobSpec spec)
    {
        try
        {
            spec.Training.Validate();
        }
        catch (ArgumentException e)
        {
            // The parameter's name in brackets says nothing to a user of the command line.
            string message = e.ParamName is null ? e.Message : e.Message.Replace($" (Parameter '{e.ParamName}')", "", StringComparison.Ordinal);
            throw new JobInputException(message, e);
        }

        if (spec.TokenizeWithSize is { } size && !spec.Training.MaxVocabSizes.Contains(size))
        {
            string sizes = string.Join(", ", spec.Training.MaxVocabSizes);
            throw new JobInputException($"The corpus cannot be tokenized with vocabulary size {size}: the sizes trained are {sizes}.");
        }
    }

    private static TokenizerModel CheckModel(string? path)
    {
        if (path is null || !Stores.HasFile(path))
        {
            throw new JobInputException($"No model at '{path}'. Give the model.bytemill of a training run with --model.");
        }

        try
        {
            if (ModelSource.WithLocalFile(path, ModelFormats.DetectFile) is not ModelFormat.Bytemill and var format)
            {
                throw new JobInputException($"{path}: found a model in the format {format}; jobs take model.bytemill. Convert it first: bytemill convert {path} model.bytemill");
            }

            return ModelSource.Read(path);
        }
        catch (ModelFormatException e)
        {
            throw new JobInputException(e.Message, e);
        }
    }

    private static JobInputs Inspect(ImmutableArray<InputFile> inputs, JobSpec spec, CancellationToken cancellation)
    {
        SourceOptions options = spec.SourceOptions;
        var files = new CorpusFile?[inputs.Length];
        var failures = new CorpusException?[inputs.Length];
        Parallel.For(
            0,
            inputs.Length,
            new ParallelOptions { MaxDegreeOfParallelism = inputs.Any(input => StorePath.IsRemote(input.Path)) ? ParallelRemoteInspections : ParallelInspections, CancellationToken = cancellation },
            i =>
            {
                try
                {
                    files[i] = Inspect(inputs[i], spec, options);
                }
                catch (CorpusException e)
                {
                    failures[i] = e;
                }
            });

        // The first in order of path, not in order of time: the same input always gets the same message.
        CorpusException[] errors = [.. failures.OfType<CorpusException>()];
        CorpusException[] fatal = spec.OnError == InputErrorHandling.Skip ? Array.FindAll(errors, error => error.Fault != CorpusFault.Content) : errors;
        if (fatal is [var first, ..])
        {
            throw fatal.Length == 1 ? first : new CorpusException($"{first.Message} ({fatal.Length - 1} more of {inputs.Length} files are at fault.)", first);
        }

        if (errors.Length == inputs.Length)
        {
            throw new CorpusException($"Nothing is left to read: all {inputs.Length} input files are at fault and would be left out (--on-error skip). The first: {errors[0].Message}", errors[0]);
        }

        return new JobInputs(
            [.. files.OfType<CorpusFile>()],
            [
                .. inputs.Zip(failures, (input, failure) => (input.Path, failure)).Where(file => file.failure is not null)
                    .Select(file => new LeftOutFile(file.Path, Stores.Of(file.Path).Find(file.Path)?.LengthBytes ?? 0, file.failure!.Message)),
            ]);
    }

    private static CorpusFile Inspect(InputFile input, JobSpec spec, SourceOptions options)
    {
        CorpusFile file = TextSources.Inspect(input.Path, options) with { Weight = input.Weight };

        // Properties of JSON lines may be anything, and missing; the source has looked at those of other lines.
        if (spec.Mode != JobMode.Train && !file.Format.IsLines)
        {
            TokenizedFileWriter.CheckColumns(file, spec.TextColumn, spec.Keep);
        }

        return file;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new JobInputException(message);
        }
    }
}
