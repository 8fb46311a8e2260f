using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Takes over what an earlier job made of the same input, in place of making it again.</summary>
internal static class EarlierOutput
{
    /// <summary>Takes over the files of the task at hand: they stay in the output, or come into the attempt where their names are others now.</summary>
    /// <returns>What the earlier job counted; <c>null</c> where there is nothing to take over, or it is not whole.</returns>
    public static TaskMetrics? TakeOver(TaskContext context)
    {
        if (!context.Plan.EarlierOutputs.TryGetValue(context.Index, out Wire.LedgerEntry? earlier))
        {
            return null;
        }

        string output = context.Spec.OutputDirectory;
        TokenizedFile planned = context.Plan.TokenizedFile(context.Index);
        string name = planned.Name;
        Wire.TokenizedFileInfo info = earlier.Info.Clone();
        ImmutableArray<(string Path, string WorkName, long LengthBytes, string Xxh3)> files = context.Spec.Layout.IsPlain
            ? [(StorePath.Combine(output, earlier.Name), WorkFileNames.Tokenized, info.LengthBytes, info.Xxh3)]
            : [.. info.Files.Select(file => (StorePath.Combine(output, file.Name), file.WorkName, file.LengthBytes, file.Xxh3))];
        if (!files.All(file => WorkFileCheck.IsWhole(file.Path, file.LengthBytes, file.Xxh3)))
        {
            return null;
        }

        string version = context.Job.VersionOf(planned.Input);
        TaskMetrics metrics = WireStages.FromWire(earlier.Metrics);
        if (version != info.InputVersion && (DependsOnMoreThanText(context, planned.Input) || DigestOf(context, planned.Input) != metrics.TextDigest))
        {
            // A fingerprint does not see everything; of a file that nobody has touched it need not.
            return null;
        }

        info.InputVersion = version;
        info.InPlace = name == earlier.Name;
        if (!info.InPlace)
        {
            foreach ((string path, string workName, _, _) in files)
            {
                context.Output.TakeOver(path, workName);
            }

            foreach (Wire.OutputFile file in info.Files)
            {
                file.Name = Rename(file, Path.ChangeExtension(earlier.Name, null), Path.ChangeExtension(name, null));
            }
        }

        using FileStream infoFile = context.Output.Create(WorkFileNames.TokenizedInfo);
        CheckedMessage.Write(infoFile, info);
        return metrics with { Reused = 1, ReusedBytes = metrics.TextBytes };
    }

    // The digest is of the text of the rows taken: neither of what is copied beside it, nor of where these rows stand.
    private static bool DependsOnMoreThanText(TaskContext context, int fileIndex)
    {
        JobSpec spec = context.Spec;
        CorpusFile file = context.Plan.Files[fileIndex];
        bool copies = spec.Layout.HasKeptColumns && (file.Format.IsLines ? spec.Keep is { Length: > 0 } : spec.Keep is not { Length: 0 } && file.Columns.Length > 1);
        return copies || (spec.Where is not null && (spec.Layout.Split is not null || spec.Sampling is not null));
    }

    // Of the rows that the job takes of a file.
    private static ulong DigestOf(TaskContext context, int fileIndex)
    {
        CorpusFile file = context.Plan.Files[fileIndex];
        var leftOut = new LeftOutGroups(context);
        var digest = new TextDigest();
        ulong sum = 0;
        using ITextSource source = TextSources.Open(file.Path, context.Spec.SourceOptions);
        for (int group = 0; group < file.RowGroups.Length; group++)
        {
            if (TakenRows.Find(source, group, file.RowGroups[group], leftOut.Of(fileIndex, group), context.Cancellation) is not { } selection)
            {
                continue;
            }

            foreach (ReadOnlyMemory<byte>? text in TakenRows.Read(source, group, selection, context.Memory.ReadingBytes, context.Cancellation))
            {
                digest.Append(text.GetValueOrDefault().Span, isNull: text is null);
            }

            sum = unchecked(sum + digest.End(file.Fingerprint, group));
        }

        return sum;
    }

    // Names are the directory of the part, what comes of the input's name, and a number or an extension.
    private static string Rename(Wire.OutputFile file, string from, string to)
    {
        string part = file.Split.Length == 0 ? "" : file.Split + "/";
        return file.Name.StartsWith(part + from, StringComparison.Ordinal)
            ? part + to + file.Name[(part.Length + from.Length)..]
            : throw new InvalidDataException($"'{file.Name}' is not named after '{from}'; the ledger of the earlier job is at fault. Tokenize all inputs anew with --overwrite.");
    }
}
