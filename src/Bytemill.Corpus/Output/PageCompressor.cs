using System.Buffers;
using System.IO.Hashing;
using ZstdSharp;

namespace Bytemill.Corpus;

/// <summary>Writes plain data pages of version 1: compressed with zstd, under a header with a checksum. For one thread.</summary>
internal sealed class PageCompressor : IDisposable
{
    private readonly Compressor _zstd;
    private readonly ArrayBufferWriter<byte> _header = new();
    private byte[] _compressed = [];

    public PageCompressor(int zstdLevel) => _zstd = new Compressor(zstdLevel);

    /// <summary>Writes a page.</summary>
    /// <param name="page">Levels and values.</param>
    /// <param name="values">Values, nulls included.</param>
    /// <param name="output">Where to.</param>
    /// <param name="totals">Of the chunk, which the page is added to.</param>
    public void Write(ReadOnlySpan<byte> page, int values, Stream output, ChunkTotals totals)
    {
        int bound = Compressor.GetCompressBound(page.Length);
        if (_compressed.Length < bound)
        {
            ArrayPool<byte>.Shared.Return(_compressed);
            _compressed = ArrayPool<byte>.Shared.Rent(bound);
        }

        int length = _zstd.Wrap(page, _compressed);
        ReadOnlySpan<byte> body = _compressed.AsSpan(0, length);
        _header.ResetWrittenCount();
        ThriftWriter.Write(
            new ThriftStruct()
                .SetInt32(FooterFields.Page.Type, (int)PageType.Data)
                .SetInt32(FooterFields.Page.UncompressedBytes, page.Length)
                .SetInt32(FooterFields.Page.CompressedBytes, length)
                .SetInt32(FooterFields.Page.Crc, (int)Crc32.HashToUInt32(body))
                .SetStruct(
                    FooterFields.Page.DataHeader,
                    new ThriftStruct()
                        .SetInt32(FooterFields.DataPage.Values, values)
                        .SetInt32(FooterFields.DataPage.Encoding, (int)PageEncoding.Plain)
                        .SetInt32(FooterFields.DataPage.DefinitionEncoding, (int)PageEncoding.Rle)
                        .SetInt32(FooterFields.DataPage.RepetitionEncoding, (int)PageEncoding.Rle)),
            _header);
        output.Write(_header.WrittenSpan);
        output.Write(body);
        totals.Values += values;
        totals.UncompressedBytes += _header.WrittenCount + page.Length;
        totals.CompressedBytes += _header.WrittenCount + length;
    }

    public void Dispose()
    {
        _zstd.Dispose();
        if (_compressed.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_compressed);
            _compressed = [];
        }
    }
}
