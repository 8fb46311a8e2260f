using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>How <see cref="TokenizedFileWriter"/> writes.</summary>
public sealed record TokenizedFileOptions
{
    /// <summary>Zstandard level of the token columns, 1 (fast) to 22 (small). Kept columns stay as they are compressed
    /// in the input. Default 3.</summary>
    public int ZstdLevel { get; init; } = 3;

    /// <summary>Type that the footer gives the ids: in the pages all are 32 bits wide, readers make arrays of the type. Default int32.</summary>
    public IdType IdType { get; init; } = IdType.Int32;

    /// <summary>Key-value metadata of the file's footer, written in this order. Keys are distinct.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Whether the metadata tells Hugging Face <c>datasets</c> the types of the columns, too.</summary>
    public bool DescribesFeatures { get; init; }

    /// <summary>0-based index of the first row group of the input to write. Default 0.</summary>
    public int FirstRowGroup { get; init; }

    /// <summary>Number of row groups to write; null means all from <see cref="FirstRowGroup"/> on.</summary>
    public int? RowGroupCount { get; init; }

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public void Validate()
    {
        if (ZstdLevel is < 1 or > 22)
        {
            throw new ArgumentOutOfRangeException(nameof(ZstdLevel), ZstdLevel, "Zstandard level must be in [1..22].");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(FirstRowGroup);
        ArgumentOutOfRangeException.ThrowIfNegative(RowGroupCount ?? 0, nameof(RowGroupCount));
        if (Metadata.IsDefault)
        {
            throw new ArgumentException("Metadata must not be a default array; use an empty one.", nameof(Metadata));
        }

        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach ((string key, _) in Metadata)
        {
            if (!keys.Add(key))
            {
                throw new ArgumentException($"Metadata has the key '{key}' twice.", nameof(Metadata));
            }
        }
    }
}
