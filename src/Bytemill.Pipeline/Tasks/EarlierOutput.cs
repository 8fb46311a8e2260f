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
        string name = context.Plan.TokenizedFile(context.Index).Name;
        Wire.TokenizedFileInfo info = earlier.Info.Clone();
        ImmutableArray<(string Path, string WorkName, long LengthBytes, string Xxh3)> files = context.Spec.Layout.IsPlain
            ? [(StorePath.Combine(output, earlier.Name), WorkFileNames.Tokenized, info.LengthBytes, info.Xxh3)]
            : [.. info.Files.Select(file => (StorePath.Combine(output, file.Name), file.WorkName, file.LengthBytes, file.Xxh3))];
        if (!files.All(file => WorkFileCheck.IsWhole(file.Path, file.LengthBytes, file.Xxh3)))
        {
            return null;
        }

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
        TaskMetrics metrics = WireStages.FromWire(earlier.Metrics);
        return metrics with { Reused = 1, ReusedBytes = metrics.TextBytes };
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
