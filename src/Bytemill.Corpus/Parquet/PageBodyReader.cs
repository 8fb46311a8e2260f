using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using Snappier;
using ZstdSharp;

namespace Bytemill.Corpus;

/// <summary>
/// Reads pages and decompresses them, checking checksum and length. Done here, before pages reach the decoding library:
/// that does not look at the length of what it decompressed, and would decode left-overs of its buffers as text.
/// One for each thread.
/// </summary>
internal sealed class PageBodyReader(CorpusSource source) : IDisposable
{
    private readonly Decompressor _zstd = new();
    private byte[] _compressed = [];
    private byte[] _body = [];

    /// <summary>The page as it lies in the file, without its header; valid until the next call.</summary>
    /// <exception cref="CorpusException">It cannot be read, or its checksum does not fit.</exception>
    public ReadOnlyMemory<byte> ReadRaw(PageHeader page, string where)
    {
        Memory<byte> raw = Room(ref _compressed, page.CompressedBytes);
        source.ReadExactly(page.BodyStart, raw.Span);
        if (page.Crc is int crc && (int)Crc32.HashToUInt32(raw.Span) != crc)
        {
            throw PageWalker.Damaged(where, $"the checksum of the page at byte {page.Start} of the file does not fit");
        }

        return raw;
    }

    /// <summary>The page decompressed, levels of version 2 included; valid until the next call.</summary>
    /// <exception cref="CorpusException">It cannot be read or decompressed.</exception>
    public ReadOnlyMemory<byte> ReadDecompressed(PageHeader page, Codec codec, string where) =>
        Decompress(page, codec, ReadRaw(page, where), where);

    /// <summary>Decompresses what <see cref="ReadRaw"/> returned.</summary>
    /// <exception cref="CorpusException">It cannot be decompressed.</exception>
    public ReadOnlyMemory<byte> Decompress(PageHeader page, Codec codec, ReadOnlyMemory<byte> raw, string where)
    {
        if (codec is Codec.Lzo or Codec.HadoopLz4 || !Enum.IsDefined(codec))
        {
            string name = codec switch
            {
                Codec.Lzo => "LZO",
                Codec.HadoopLz4 => "LZ4 (the deprecated kind)",
                _ => $"number {(int)codec}",
            };
            throw new CorpusException(
                $"{where}: compression {name} is not supported; write the file with zstd, snappy, gzip, brotli, lz4_raw or none.");
        }

        Memory<byte> body = Room(ref _body, page.UncompressedBytes);
        int levels = page.PlainLevelBytes;
        raw.Span[..levels].CopyTo(body.Span);
        Codec used = page.IsCompressed ? codec : Codec.Uncompressed;
        ReadOnlyMemory<byte> input = raw[levels..];
        Span<byte> output = body.Span[levels..];
        int written;
        try
        {
            // Some writers leave nothing where there is nothing to compress.
            written = output.IsEmpty ? 0 : Decompress(used, input, output);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw PageWalker.Damaged(
                where, $"the page at byte {page.Start} of the file cannot be decompressed ({used}: {error.Message})", error);
        }

        return written == output.Length
            ? body
            : throw PageWalker.Damaged(
                where, $"the page at byte {page.Start} of the file has not the size that its header says ({used})");
    }

    public void Dispose()
    {
        _zstd.Dispose();
        Release(ref _compressed);
        Release(ref _body);
    }

    private int Decompress(Codec codec, ReadOnlyMemory<byte> input, Span<byte> output)
    {
        switch (codec)
        {
            case Codec.Uncompressed:
                if (input.Length != output.Length)
                {
                    return -1;
                }

                input.Span.CopyTo(output);
                return input.Length;
            case Codec.Snappy:
                return Snappy.GetUncompressedLength(input.Span) == output.Length
                    ? Snappy.Decompress(input.Span, output)
                    : -1;
            case Codec.Gzip:
                return Gunzip(input, output);
            case Codec.Brotli:
                return BrotliDecoder.TryDecompress(input.Span, output, out int written) ? written : -1;
            case Codec.Zstd:
                return _zstd.Unwrap(input.Span, output);
            default:
                return LZ4Codec.Decode(input.Span, output);
        }
    }

    private static int Gunzip(ReadOnlyMemory<byte> input, Span<byte> output)
    {
        if (!MemoryMarshal.TryGetArray(input, out ArraySegment<byte> segment))
        {
            throw new InvalidOperationException("A page's bytes must lie in an array.");
        }

        using MemoryStream stream = new(segment.Array!, segment.Offset, segment.Count, writable: false);
        using GZipStream gzip = new(stream, CompressionMode.Decompress);
        int read = gzip.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
        return gzip.ReadByte() < 0 ? read : -1;
    }

    private static Memory<byte> Room(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            Release(ref buffer);
            buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        return buffer.AsMemory(0, length);
    }

    private static void Release(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }
}
