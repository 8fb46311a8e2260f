namespace Bytemill.Corpus;

/// <summary>Format of an input file, which its name tells.</summary>
/// <param name="Kind">What it is made of.</param>
/// <param name="Compression">How lines are compressed; Parquet compresses its pages itself.</param>
public readonly record struct InputFormat(InputKind Kind, InputCompression Compression)
{
    private static readonly (string Extension, InputKind Kind)[] s_kinds =
    [
        (".parquet", InputKind.Parquet),
        (".jsonl", InputKind.JsonLines),
        (".ndjson", InputKind.JsonLines),
        (".txt", InputKind.PlainText),
    ];

    private static readonly (string Extension, InputCompression Compression)[] s_compressions =
    [
        (".gz", InputCompression.Gzip),
        (".zst", InputCompression.Zstd),
    ];

    /// <summary>Whether the file holds lines.</summary>
    public bool IsLines => Kind != InputKind.Parquet;

    /// <summary>The format that a name stands for; Parquet where the name says nothing, since partitions often have none.</summary>
    public static InputFormat Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputCompression compression = InputCompression.None;
        string name = path;
        foreach ((string extension, InputCompression candidate) in s_compressions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                (compression, name) = (candidate, path[..^extension.Length]);
            }
        }

        foreach ((string extension, InputKind kind) in s_kinds)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && (kind != InputKind.Parquet || compression == InputCompression.None))
            {
                return new InputFormat(kind, compression);
            }
        }

        return new InputFormat(InputKind.Parquet, InputCompression.None);
    }

    /// <summary>A name without the extensions that tell its format.</summary>
    internal static string StemOf(string path)
    {
        InputFormat format = Of(path);
        if (!format.IsLines)
        {
            // Only this very spelling, as ever.
            return path.EndsWith(".parquet", StringComparison.Ordinal) ? path[..^".parquet".Length] : path;
        }

        string name = format.Compression == InputCompression.None ? path : path[..path.LastIndexOf('.')];
        return name[..name.LastIndexOf('.')];
    }

    /// <summary>Globs of the files of all formats, below a directory.</summary>
    internal static IEnumerable<string> Globs =>
        s_kinds.SelectMany(kind => (kind.Kind == InputKind.Parquet ? [] : s_compressions).Select(compression => compression.Extension).Prepend(""), (kind, compression) => $"**/*{kind.Extension}{compression}");
}
