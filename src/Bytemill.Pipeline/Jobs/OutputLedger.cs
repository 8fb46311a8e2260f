using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// What each tokenized file in an output was made of, as <c>_ledger</c> beside them: by it an update tells which inputs are new or have changed,
/// and what it would count again of those that have not.
/// </summary>
internal static class OutputLedger
{
    /// <summary>File name in the output directory.</summary>
    public const string FileName = "_ledger";

    // Named in an error; the rest is counted.
    private const int NamedPaths = 5;

    /// <summary>Whether a later job can add to the results of this one.</summary>
    /// <remarks>The place of a row among all rows, or whether it is among the first ones, depends on every input.</remarks>
    public static bool IsFor(JobSpec spec) => spec is { Mode: JobMode.Tokenize, Limit: null, Layout.Shuffle: null };

    /// <summary>Whether an output has one.</summary>
    public static bool IsAt(string output) => Stores.HasFile(StorePath.Combine(output, FileName));

    /// <summary>Reads what the output holds before an update: results, or what is left of them by an update that failed.</summary>
    /// <param name="spec">The update.</param>
    /// <param name="paths">Its inputs.</param>
    /// <param name="modelHash">SHA-256 of its model.</param>
    /// <returns><c>null</c> when there are no results to add to.</returns>
    /// <exception cref="JobInputException">They cannot be added to, or inputs are gone; says why and names them.</exception>
    public static Wire.Ledger? ReadFor(JobSpec spec, IEnumerable<string> paths, string modelHash)
    {
        string output = spec.OutputDirectory;
        if (spec.Mode != JobMode.Tokenize)
        {
            throw new JobInputException("--update is for 'tokenize'.");
        }

        if (!IsFor(spec))
        {
            throw new JobInputException(
                $"--update cannot add to rows taken with {(spec.Limit is null ? "--shuffle" : "--limit")}: with one more input others may change their place, so all must be done anew. Give --overwrite instead of --update.");
        }

        if (!ResultManifest.IsAt(output) || !(JobOutput.IsComplete(output) || IsAt(output)))
        {
            return null;
        }

        if (ResultManifest.Read(output).Mode is var mode && mode != "tokenize")
        {
            throw new JobInputException($"The output '{output}' holds the results of '{mode}', and its model is one of them; only what 'tokenize' made can be updated. Give another --output.");
        }

        Wire.Ledger ledger = Read(output);
        RequireSameOptions(spec, ledger, modelHash);
        if (!spec.DropMissing)
        {
            RequireAllThere(output, ledger, paths);
        }

        return ledger;
    }

    /// <summary>What is wrong with the ledger of an output; null for nothing, also where there is none.</summary>
    public static string? FindFault(string output)
    {
        try
        {
            _ = IsAt(output) ? Read(output) : null;
            return null;
        }
        catch (JobInputException e)
        {
            return e.Message;
        }
    }

    /// <summary>What of the earlier results an update can take over.</summary>
    /// <param name="ledger">Of the earlier job.</param>
    /// <param name="plan">Of the update.</param>
    /// <returns>By task of tokenizing.</returns>
    public static ImmutableSortedDictionary<int, Wire.LedgerEntry> Match(Wire.Ledger ledger, JobPlan plan)
    {
        Dictionary<(string Path, int Epoch), Wire.LedgerEntry> earlier = ledger.Entries.ToDictionary(entry => (entry.Path, entry.Epoch));
        var matches = ImmutableSortedDictionary.CreateBuilder<int, Wire.LedgerEntry>();
        for (int task = 0; task < plan.TokenizedFileCount; task++)
        {
            TokenizedFile file = plan.TokenizedFile(task);
            CorpusFile input = plan.Files[file.Input];
            if (earlier.TryGetValue((input.Path, file.Epoch ?? 0), out Wire.LedgerEntry? entry)
                && entry.LengthBytes == input.LengthBytes
                && entry.Fingerprint == input.Fingerprint
                // Of its number the seeds of its documents are made.
                && (plan.Spec.Sampling is null || entry.Input == file.Input))
            {
                matches.Add(task, entry);
            }
        }

        return matches.ToImmutable();
    }

    /// <summary>Writes down what the tasks of a job made of its inputs.</summary>
    /// <param name="context">Of the task that publishes them.</param>
    /// <param name="modelHash">SHA-256 of the model.</param>
    public static void Write(TaskContext context, string modelHash)
    {
        string output = context.Spec.OutputDirectory;
        var ledger = new Wire.Ledger { Version = ProgramVersion.Text, ModelSha256 = modelHash, Spec = WireJobs.ToWire(Options(context.Spec)) };
        ImmutableArray<TaskMetrics> metrics = context.Job.Manifest(context.Stage.Inputs.Tokenized).Metrics;
        foreach ((Wire.TokenizedFileInfo info, int task) in ListedOutput.ReadInfos(context).Select((info, task) => (info, task)))
        {
            TokenizedFile file = context.Plan.TokenizedFile(task);
            CorpusFile input = context.Plan.Files[file.Input];
            info.InPlace = false;
            ledger.Entries.Add(new Wire.LedgerEntry
            {
                Path = input.Path,
                LengthBytes = input.LengthBytes,
                Fingerprint = input.Fingerprint,
                Input = file.Input,
                Epoch = file.Epoch ?? 0,
                Name = file.Name,
                Info = info,
                Metrics = WireStages.ToWire(metrics[task] with { WrittenBytes = 0, ScratchBytes = 0, Reused = 0, ReusedBytes = 0 }),
            });
        }

        JobOutput.Write(output, FileName, file => CheckedMessage.Write(file, ledger));
    }

    private static Wire.Ledger Read(string output)
    {
        string path = StorePath.Combine(output, FileName);
        if (!IsAt(output))
        {
            throw new JobInputException(
                $"The output '{output}' does not say what its files were made of: there is no '{FileName}' in it, as when all rows were shuffled, a limit was set, or an older version made them. Tokenize all inputs anew with --overwrite.");
        }

        try
        {
            using Stream file = Stores.OpenRead(path);
            return CheckedMessage.Read(file, Wire.Ledger.Parser);
        }
        catch (RunFormatException e)
        {
            throw new JobInputException($"{path}: the file is damaged, so nobody can say which inputs are new. Tokenize all of them anew with --overwrite.", e);
        }
    }

    private static void RequireSameOptions(JobSpec spec, Wire.Ledger ledger, string modelHash)
    {
        List<string> differences = [.. JobSpecDifference.Find(WireJobs.FromWire(ledger.Spec), Options(spec)).Select(difference => difference.ToString())];
        if (ledger.ModelSha256 != modelHash)
        {
            differences.Insert(0, $"the model {ledger.ModelSha256[..12]} (now {modelHash[..12]})");
        }

        if (ledger.Version != ProgramVersion.Text)
        {
            differences.Insert(0, $"version {ledger.Version} (now {ProgramVersion.Text})");
        }

        if (differences.Count > 0)
        {
            throw new JobInputException(
                $"Nothing in the output '{spec.OutputDirectory}' can stay: it was made with {string.Join(", ", differences)}. Give the same to --update, or tokenize all inputs anew with --overwrite.");
        }
    }

    private static void RequireAllThere(string output, Wire.Ledger ledger, IEnumerable<string> paths)
    {
        HashSet<string> given = [.. paths];
        string[] gone = [.. ledger.Entries.Select(entry => entry.Path).Distinct().Where(path => !given.Contains(path)).Order(StringComparer.Ordinal)];
        if (gone.Length > 0)
        {
            string more = gone.Length > NamedPaths ? FormattableString.Invariant($" and {gone.Length - NamedPaths} more") : "";
            throw new JobInputException(
                $"The output '{output}' holds rows of {string.Join(", ", gone.Take(NamedPaths))}{more}, which --input does not name or which is gone. Name all inputs, old and new; or give --drop-missing to remove these rows.");
        }
    }

    // What decides the bytes of a file made of a given input with a given model.
    private static JobSpec Options(JobSpec spec)
    {
        var plain = new JobSpec { Inputs = [], OutputDirectory = "" };
        return spec with
        {
            Inputs = [],
            OutputDirectory = "",
            ModelPath = null,
            Overwrite = false,
            Update = false,
            DropMissing = false,
            SpillDirectory = null,
            SkipDiskCheck = false,
            DatasetSplit = null,
            PartitionBytes = plain.PartitionBytes,
            NGramShards = plain.NGramShards,
            PieceShards = plain.PieceShards,
            PruneTogetherBelow = plain.PruneTogetherBelow,
        };
    }
}
