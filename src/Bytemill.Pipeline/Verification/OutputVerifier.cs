using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Tokenization;

namespace Bytemill.Pipeline;

/// <summary>Looks the results of a job over, by its manifest: checksums, counts, models, and rows compared with the input as far as it is there.</summary>
public static class OutputVerifier
{
    /// <summary>Looks the results in a directory over. Changes nothing.</summary>
    /// <param name="directory">Output of a job.</param>
    /// <param name="options">How thoroughly.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="JobInputException">There are no results in the directory, or the model given is none.</exception>
    public static VerifyReport Verify(string directory, VerifyOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ResultManifest.IsAt(directory))
        {
            throw new JobInputException($"No results of a job in '{directory}': there is no {ResultManifest.FileName} of this program. Give the --output of a job that is done.");
        }

        ResultManifest manifest = ResultManifest.Read(directory);
        var general = new FileFindings();
        if (!Stores.HasFile(StorePath.Combine(directory, JobOutput.SuccessFileName)))
        {
            general.Faults.Add($"{directory}: there is no {JobOutput.SuccessFileName}: the results are not complete.");
        }

        general.Faults.AddRange(manifest.Counts is { } counts && JobOutput.IsComplete(directory) ? KeptCounts.FindFaults(directory, counts.Runs) : []);
        if (OutputLedger.FindFault(directory) is { } fault)
        {
            general.Faults.Add(fault);
        }

        ImmutableArray<TokenizerModel> models = ReadModels(directory, manifest, options.ModelPath, general);
        string? hash = manifest.Outputs.IsEmpty ? null : HashOfTokenizing(directory, manifest, models);
        TokenizerModel? model = models.FirstOrDefault(model => model.Hash == hash);
        if (model is null && !manifest.Outputs.IsEmpty)
        {
            general.Notes.Add("The model that the files were made with is not at hand, so no row is decoded. Give it with --model.");
        }

        var leftOut = new ManifestFaults(manifest);
        ImmutableArray<CorpusFile?> inputs = options.RowsPerFile == 0 || model is null ? [] : FindInputs(manifest, leftOut, general, cancellation);
        Tokenizer? tokenizer = model is null ? null : new Tokenizer(model);
        bool isBest = manifest.Sampling is null && (manifest.Layout?.AddedTokens ?? 0) == 0;
        var findings = new FileFindings[manifest.Outputs.Length];
        Parallel.For(
            0,
            findings.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation },
            i =>
            {
                ManifestOutput output = manifest.Outputs[i];
                CorpusFile? input = inputs.IsEmpty || !KeepsRowsInPlace(manifest) ? null : inputs[i % inputs.Length];
                using InputText? text = input is null ? null : new InputText(input, SourceOptionsOf(manifest), leftOut);
                findings[i] = new TokenizedFileVerifier(tokenizer, isBest, manifest.Layout?.Pack, options.RowsPerFile)
                    .Verify(StorePath.Combine(directory, output.Path), output, hash, text, cancellation);
            });

        if (!manifest.Outputs.IsEmpty)
        {
            CompareSums(directory, manifest, findings, tokenizer is not null, general);
        }

        return new VerifyReport(
            findings.Length,
            findings.Sum(file => file.Rows),
            findings.Sum(file => file.Tokens),
            findings.Sum(file => file.LengthBytes),
            findings.Sum(file => file.DecodedRows),
            findings.Sum(file => file.ComparedRows),
            [.. general.Faults, .. findings.SelectMany(file => file.Faults)],
            [.. general.Notes, .. findings.SelectMany(file => file.Notes)]);
    }

    // Whether the rows of each output are those of one input, in their order.
    private static bool KeepsRowsInPlace(ResultManifest manifest) => manifest.Layout is null
        || (manifest.Layout is { Format: "parquet", Pack: null, Split: null, Shuffle: null }
            && manifest.Outputs.Length == manifest.Inputs.Length * (manifest.Sampling?.Epochs ?? 1));

    private static void CompareSums(string directory, ResultManifest manifest, FileFindings[] files, bool isDecoded, FileFindings general)
    {
        ManifestStatistics statistics = manifest.Statistics;
        long epochs = manifest.Sampling?.Epochs ?? 1;
        Compare("tokens", files.Sum(file => file.Tokens), (statistics.Tokens ?? 0) + (manifest.Layout?.AddedTokens ?? 0) - (manifest.Layout?.DroppedTokens ?? 0));
        if (manifest.Layout?.Pack is null)
        {
            Compare("rows", files.Sum(file => file.Rows) + (manifest.Layout?.EmptyRows ?? 0), statistics.Rows * epochs);
        }

        // Of what was dropped nobody knows the bytes.
        if (isDecoded && (manifest.Layout?.DroppedTokens ?? 0) == 0)
        {
            Compare("bytes of text", files.Sum(file => file.TextBytes), statistics.NormalizedBytes * epochs);
        }

        void Compare(string what, long found, long expected)
        {
            if (found != expected)
            {
                general.Faults.Add($"{directory}: the files have {found} {what} together, the manifest says {expected}.");
            }
        }
    }

    // Those of the manifest that are there, and the one that was given.
    private static ImmutableArray<TokenizerModel> ReadModels(string directory, ResultManifest manifest, string? given, FileFindings findings)
    {
        var models = ImmutableArray.CreateBuilder<TokenizerModel>();
        foreach (ManifestModel expected in manifest.Models)
        {
            string path = StorePath.Combine(directory, expected.Path);
            if (!Stores.HasFile(path))
            {
                // A model that the job did not make may go its own way.
                (manifest.Options is null ? findings.Notes : findings.Faults).Add($"{path}: the model is gone.");
                continue;
            }

            try
            {
                TokenizerModel model = ModelSource.Read(path);
                models.Add(model);
                if (model.Hash != expected.Sha256)
                {
                    (manifest.Options is null ? findings.Notes : findings.Faults).Add($"{path}: another model: its SHA-256 is {model.Hash}, the manifest says {expected.Sha256}.");
                }
            }
            catch (ModelFormatException e)
            {
                findings.Faults.Add(e.Message);
            }
        }

        if (given is not null)
        {
            models.Add(Stores.HasFile(given)
                ? ModelSource.Read(given)
                : throw new JobInputException($"No model at '{given}'. Give the model.bytemill that the files were made with."));
            if (manifest.Models.All(model => model.Sha256 != models[^1].Hash))
            {
                findings.Faults.Add($"{given}: the files were not made with this model; its SHA-256 is {models[^1].Hash}, the manifest names {string.Join(", ", manifest.Models.Select(model => model.Sha256))}.");
            }
        }

        return models.ToImmutable();
    }

    // Of several sizes only the files tell which one they were made with.
    private static string? HashOfTokenizing(string directory, ResultManifest manifest, ImmutableArray<TokenizerModel> models)
    {
        if (manifest.Models.Length == 1)
        {
            return manifest.Models[0].Sha256;
        }

        foreach (ManifestOutput output in manifest.Outputs.Where(output => output.Rows is not null))
        {
            try
            {
                using ITokenReader reader = TokenReaders.Open(StorePath.Combine(directory, output.Path));
                if (reader.Metadata.GetValueOrDefault(OutputMetadata.ModelHash) is { } hash && models.Any(model => model.Hash == hash))
                {
                    return hash;
                }
            }
            catch (CorpusException)
            {
                // Found and told when the file itself is looked over.
            }
        }

        return null;
    }

    private static ImmutableArray<CorpusFile?> FindInputs(ResultManifest manifest, ManifestFaults leftOut, FileFindings findings, CancellationToken cancellation)
    {
        SourceOptions options = SourceOptionsOf(manifest);
        CorpusFile?[] files = [.. manifest.Inputs.Select(input => FindInput(input, options))];
        int missing = files.Count(file => file is null);
        if (missing > 0)
        {
            string first = manifest.Inputs[Array.FindIndex(files, file => file is null)].Path;
            findings.Notes.Add($"{missing} of {files.Length} input files are not there or have changed since, '{first}' the first of them: the rows made from them are decoded but not compared.");
        }

        if (manifest.Selection?.Limit is { } limit)
        {
            // Where the last row lies is known only by all of them.
            return missing > 0 ? [] : [.. RowLimit.Apply([.. files.Select(file => file!)], options, leftOut.Of, limit, cancellation)];
        }

        return [.. files];
    }

    private static CorpusFile? FindInput(ManifestInput input, SourceOptions options)
    {
        if (!Stores.HasFile(input.Path))
        {
            return null;
        }

        try
        {
            CorpusFile file = TextSources.Inspect(input.Path, options);
            return file.LengthBytes == input.LengthBytes && file.Fingerprint == input.Fingerprint ? file : null;
        }
        catch (CorpusException)
        {
            // It was readable when the job ran, so it is another one now.
            return null;
        }
    }

    private static SourceOptions SourceOptionsOf(ResultManifest manifest) => new()
    {
        TextColumn = manifest.TextColumn,
        Keep = [],
        Where = manifest.Selection?.Where is { } where ? RowCondition.Parse(where) : null,
        Sample = manifest.Selection?.Sample is { } sample ? new RowSample(sample) : null,
        OnError = manifest.BrokenInput is { } broken ? InputErrorNames.ReadOnError(broken.OnError) : InputErrorHandling.Fail,
        InvalidUtf8 = manifest.BrokenInput is { } invalid ? InputErrorNames.ReadInvalidUtf8(invalid.InvalidUtf8) : InvalidUtf8Handling.Fail,
    };
}
