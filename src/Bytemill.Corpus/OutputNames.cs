using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>Names of output files.</summary>
public static class OutputNames
{
    private const string Extension = ".parquet";

    // Behind the scheme, what stands between the two slashes, and the bucket.
    private const int FirstOfKey = 3;

    /// <summary>One output name per input.</summary>
    /// <param name="inputPaths">Absolute paths, distinct, as from <see cref="InputResolver.Resolve"/>.</param>
    /// <returns>In the order of the inputs: the path below the inputs' deepest common directory, with <c>/</c> between
    /// names (<c>a/part-0.parquet</c>) and <c>.parquet</c> instead of the input's extensions. Distinct even where case does not count; where two
    /// would clash, the ordinally later input gets <c>-2</c>, <c>-3</c> … before the extension.</returns>
    /// <exception cref="ArgumentException">A path is not absolute, or occurs twice.</exception>
    public static ImmutableArray<string> For(IReadOnlyList<string> inputPaths)
    {
        ArgumentNullException.ThrowIfNull(inputPaths);
        if (inputPaths.Count == 0)
        {
            return [];
        }

        string[][] segments = new string[inputPaths.Count][];
        for (int i = 0; i < segments.Length; i++)
        {
            if (!StorePath.IsFull(inputPaths[i]))
            {
                throw new ArgumentException($"Path '{inputPaths[i]}' is not absolute.", nameof(inputPaths));
            }

            segments[i] = StorePath.Full(inputPaths[i])
                .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);

            // In a key these are names like any other; in a path they would lead elsewhere.
            for (int part = FirstOfKey; StorePath.IsRemote(inputPaths[i]) && part < segments[i].Length; part++)
            {
                segments[i][part] = segments[i][part] switch { "" => "%", "." => "%2E", ".." => "%2E%2E", string name => name };
            }
        }

        int common = CommonDirectories(segments);
        string[] relative = new string[segments.Length];
        HashSet<string> directories = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < segments.Length; i++)
        {
            string[] own = segments[i];
            relative[i] = string.Join('/', own, common, own.Length - common);
            for (int end = common + 1; end < own.Length; end++)
            {
                directories.Add(string.Join('/', own, common, end - common));
            }
        }

        int[] order = [.. Enumerable.Range(0, relative.Length)];
        Array.Sort(order, (left, right) =>
            string.CompareOrdinal(relative[left], relative[right]) is var difference and not 0 ? difference : string.CompareOrdinal(inputPaths[left], inputPaths[right]));
        string[] names = new string[relative.Length];
        HashSet<string> taken = new(directories, StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < order.Length; i++)
        {
            string path = relative[order[i]];
            if (i > 0 && string.Equals(StorePath.Full(inputPaths[order[i]]), StorePath.Full(inputPaths[order[i - 1]]), StringComparison.Ordinal))
            {
                throw new ArgumentException($"Path '{inputPaths[order[i]]}' occurs twice.", nameof(inputPaths));
            }

            string stem = InputFormat.StemOf(path);
            string name = stem + Extension;
            for (int number = 2; !taken.Add(name); number++)
            {
                name = FormattableString.Invariant($"{stem}-{number}{Extension}");
            }

            names[order[i]] = name;
        }

        return [.. names];
    }

    private static int CommonDirectories(string[][] segments)
    {
        int common = segments[0].Length - 1;
        foreach (string[] other in segments)
        {
            int same = 0;
            while (same < Math.Min(common, other.Length - 1)
                && string.Equals(segments[0][same], other[same], StringComparison.Ordinal))
            {
                same++;
            }

            common = same;
        }

        return common;
    }
}
