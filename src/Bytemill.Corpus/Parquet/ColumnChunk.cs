namespace Bytemill.Corpus;

/// <summary>One column of one row group: where its pages lie and how they are compressed.</summary>
internal sealed record ColumnChunk
{
    public required SchemaNode Column { get; init; }

    /// <summary>The chunk's metadata as the footer has it; null when it is encrypted.</summary>
    public required ThriftStruct? Metadata { get; init; }

    /// <summary>Why its pages cannot be read, for the end of a message; null when they can.</summary>
    public required string? Obstacle { get; init; }

    public Codec Codec { get; init; }

    /// <summary>Values, nulls included; more than rows for repeated columns.</summary>
    public long Values { get; init; }

    /// <summary>Offset of its first page in the file.</summary>
    public long Start { get; init; }

    /// <summary>Bytes from <see cref="Start"/> to the end of its pages.</summary>
    public long LengthBytes { get; init; }

    public long UncompressedBytes { get; init; }
}
