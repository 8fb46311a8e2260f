using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>Copies column chunks from an input to an output as they are: type, encoding, compression and nulls stay the
/// same to the byte. Pages are decompressed on the way, to find damage.</summary>
internal static class ChunkCopier
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Copies one chunk.</summary>
    /// <returns>The chunk's entry for the output's footer and the bytes written.</returns>
    /// <exception cref="CorpusException">The chunk is damaged.</exception>
    public static (ThriftStruct Chunk, long LengthBytes) Copy(
        CorpusSource source,
        PageBodyReader bodies,
        ColumnChunk chunk,
        Stream output,
        long outputPosition,
        string where,
        CancellationToken cancellationToken)
    {
        long length = chunk.Values == 0
            ? CopyBytes(source, chunk.Start, chunk.LengthBytes, output)
            : CopyPages(source, bodies, chunk, output, where, cancellationToken);
        ThriftStruct metadata = chunk.Metadata!.Clone();
        Shift(metadata, FooterFields.ChunkMetadata.DataPageOffset, chunk, length, outputPosition);
        Shift(metadata, FooterFields.ChunkMetadata.DictionaryPageOffset, chunk, length, outputPosition);
        Shift(metadata, FooterFields.ChunkMetadata.IndexPageOffset, chunk, length, outputPosition);
        metadata.SetInt64(FooterFields.ChunkMetadata.CompressedBytes, length);
        // The filter itself is not copied.
        metadata.Remove(FooterFields.ChunkMetadata.BloomFilterOffset);
        metadata.Remove(FooterFields.ChunkMetadata.BloomFilterLength);
        ThriftStruct entry = new ThriftStruct()
            .SetInt64(FooterFields.Chunk.FileOffset, 0)
            .SetStruct(FooterFields.Chunk.Metadata, metadata);
        return (entry, length);
    }

    private static void Shift(ThriftStruct metadata, short field, ColumnChunk chunk, long length, long outputPosition)
    {
        long? offset = metadata.Integer(field);
        if (offset >= chunk.Start && offset < chunk.Start + length)
        {
            metadata.SetInt64(field, offset.Value - chunk.Start + outputPosition);
        }
        else if (field == FooterFields.ChunkMetadata.DataPageOffset)
        {
            metadata.SetInt64(field, outputPosition);
        }
        else
        {
            metadata.Remove(field);
        }
    }

    private static long CopyPages(
        CorpusSource source,
        PageBodyReader bodies,
        ColumnChunk chunk,
        Stream output,
        string where,
        CancellationToken cancellationToken)
    {
        long length = 0;
        foreach (PageHeader page in PageWalker.Walk(source, chunk, where))
        {
            cancellationToken.ThrowIfCancellationRequested();
            length += CopyBytes(source, page.Start, page.HeaderBytes, output);
            ReadOnlyMemory<byte> raw = bodies.ReadRaw(page, where);
            if (page.Type != PageType.Index)
            {
                bodies.Decompress(page, chunk.Codec, raw, where);
            }

            output.Write(raw.Span);
            length += raw.Length;
        }

        return length;
    }

    private static long CopyBytes(CorpusSource source, long start, long length, Stream output)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, BlockBytes));
        try
        {
            for (long done = 0; done < length;)
            {
                int count = (int)Math.Min(length - done, block.Length);
                source.ReadExactly(start + done, block.AsSpan(0, count));
                output.Write(block.AsSpan(0, count));
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return length;
    }
}
