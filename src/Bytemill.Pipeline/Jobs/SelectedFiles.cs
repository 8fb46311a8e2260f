using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Looks at input files as far as rows of them are asked for.</summary>
public static class SelectedFiles
{
    /// <param name="paths">Input files, sorted.</param>
    /// <param name="options">Which rows.</param>
    /// <param name="limit">How many of these at most, in order of the files; null for all.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <returns>Files that can have such rows.</returns>
    /// <exception cref="CorpusException">A file is at fault.</exception>
    public static ImmutableArray<CorpusFile> Inspect(
        IEnumerable<string> paths, SourceOptions options, long? limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(options);
        ImmutableArray<CorpusFile> files = [.. paths.Where(path => options.Where?.RulesOut(path) != true).Select(path => TextSources.Inspect(path, options))];
        return limit is { } rows ? RowLimit.Apply(files, options, (_, _) => null, rows, cancellation) : files;
    }
}
