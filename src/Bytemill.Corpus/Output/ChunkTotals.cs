namespace Bytemill.Corpus;

/// <summary>What the pages of a chunk add up to.</summary>
internal sealed class ChunkTotals
{
    public long Values { get; set; }

    public long UncompressedBytes { get; set; }

    public long CompressedBytes { get; set; }

    /// <summary>The chunk's entry for a footer.</summary>
    /// <param name="type">Physical type.</param>
    /// <param name="path">Names from the top-level column down.</param>
    /// <param name="position">Of its first page in the file.</param>
    /// <param name="statistics">Null for none.</param>
    public ThriftStruct Describe(PhysicalType type, byte[][] path, long position, ThriftStruct? statistics = null)
    {
        ThriftStruct metadata = new ThriftStruct()
            .SetInt32(FooterFields.ChunkMetadata.Type, (int)type)
            .SetList(
                FooterFields.ChunkMetadata.Encodings,
                ThriftList.OfInt32((int)PageEncoding.Plain, (int)PageEncoding.Rle))
            .SetList(FooterFields.ChunkMetadata.Path, ThriftList.OfBinary(path))
            .SetInt32(FooterFields.ChunkMetadata.Codec, (int)Codec.Zstd)
            .SetInt64(FooterFields.ChunkMetadata.Values, Values)
            .SetInt64(FooterFields.ChunkMetadata.UncompressedBytes, UncompressedBytes)
            .SetInt64(FooterFields.ChunkMetadata.CompressedBytes, CompressedBytes)
            .SetInt64(FooterFields.ChunkMetadata.DataPageOffset, position);
        if (statistics is not null)
        {
            metadata.SetStruct(FooterFields.ChunkMetadata.Statistics, statistics);
        }

        return new ThriftStruct()
            .SetInt64(FooterFields.Chunk.FileOffset, 0)
            .SetStruct(FooterFields.Chunk.Metadata, metadata);
    }
}
