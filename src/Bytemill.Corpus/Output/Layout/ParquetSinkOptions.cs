using System.Collections.Immutable;

namespace Bytemill.Corpus;

/// <summary>How <see cref="ParquetSink"/> writes.</summary>
public sealed record ParquetSinkOptions
{
    /// <summary>Types of the kept columns.</summary>
    public KeptSchema Kept { get; init; } = KeptSchema.None;

    /// <summary>Type of the ids.</summary>
    public IdType IdType { get; init; } = IdType.Int32;

    /// <summary>Whether rows are packed sequences, with <c>position_ids</c> and <c>document_ids</c>.</summary>
    public bool IsPacked { get; init; }

    /// <summary>Zstandard level, 1 to 22. Default 3.</summary>
    public int ZstdLevel { get; init; } = 3;

    /// <summary>Rows at which a row group ends. Default 1 048 576.</summary>
    public long RowGroupRows { get; init; } = 1 << 20;

    /// <summary>Bytes, uncompressed, at which a row group ends. Default 64 MiB.</summary>
    public long RowGroupBytes { get; init; } = 64 << 20;

    /// <summary>Key-value metadata.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Whether the metadata tells Hugging Face <c>datasets</c> the types of the columns, too.</summary>
    public bool DescribesFeatures { get; init; }
}
