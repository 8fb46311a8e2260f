using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Rows of all input files come into the same outputs, so their kept columns must be the same.</summary>
internal static class ShuffleSchemas
{
    /// <summary>Compares the kept columns of all files.</summary>
    /// <exception cref="CorpusException">Those of two files differ; names them.</exception>
    public static void Check(ImmutableArray<CorpusFile> files, JobSpec spec, CancellationToken cancellation)
    {
        KeptSchema? first = null;
        foreach (CorpusFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            using KeptColumns kept = KeptColumns.Open(file, spec.TextColumn, spec.Layout.HasKeptColumns ? spec.Keep : []);
            first ??= kept.Schema;
            if (!kept.Schema.ToBytes().AsSpan().SequenceEqual(first.ToBytes()))
            {
                throw Differ(files[0].Path, first, file.Path, kept.Schema);
            }
        }
    }

    public static CorpusException Differ(string firstPath, KeptSchema first, string otherPath, KeptSchema other) => new(
        $"{otherPath}: its columns to keep are [{other}], those of {firstPath} are [{first}]; --shuffle mixes their rows. Name columns that are of one type in all files with --keep, or '' for none.");
}
