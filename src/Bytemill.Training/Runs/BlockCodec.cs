using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Bytemill.Training;

/// <summary>Compresses and checks blocks; blocks are independent, so one codec serves all readers and writers of a thread.</summary>
/// <remarks>Block: stored length (u32), raw length (u32), XxHash3 of the raw bytes (u64), then zstd of one or more frames, or the raw
/// bytes themselves when both lengths are the same.</remarks>
internal sealed class BlockCodec : IDisposable
{
    public const int HeaderBytes = 16;
    public const int MaxBlockBytes = 1 << 30;

    /// <summary>Room behind a block that was read, so that its last bytes can be loaded eight at a time.</summary>
    public const int PaddingBytes = 8;

    // Runs are written once and read once: speed counts more than size.
    private const int CompressionLevel = 1;

    // A level at which no match is looked for at all.
    private const int NoMatches = -1000;

    private Compressor? _compressor;
    private Compressor? _columnCompressor;
    private Decompressor? _decompressor;
    private byte[] _stored = ArrayPool<byte>.Shared.Rent(256 << 10);

    /// <summary>Whether blocks are compressed. Spills that are read back at once cost less without. Default true.</summary>
    public bool Compresses { get; set; } = true;

    /// <summary>Writes one block.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Stream output, ReadOnlySpan<byte> raw)
    {
        Grow(HeaderBytes + Compressor.GetCompressBound(raw.Length));
        int stored = raw.Length;
        if (Compresses)
        {
            _compressor ??= new Compressor(CompressionLevel);
            stored = _compressor.Wrap(raw, _stored.AsSpan(HeaderBytes));
        }

        return WriteStored(output, raw, stored);
    }

    /// <summary>Writes one block of columns, each with an entropy code of its own and none searched for repetitions: there are hardly any.</summary>
    /// <param name="output">Receives the block.</param>
    /// <param name="raw">The block.</param>
    /// <param name="ends">Where columns end, ascending, except for the last.</param>
    /// <returns>Bytes written.</returns>
    public int WriteColumns(Stream output, ReadOnlySpan<byte> raw, ReadOnlySpan<int> ends)
    {
        Grow(HeaderBytes + Compressor.GetCompressBound(raw.Length) + (ends.Length * Compressor.GetCompressBound(0)));
        int stored = raw.Length;
        if (Compresses)
        {
            _columnCompressor ??= CreateColumnCompressor();
            stored = 0;
            int start = 0;
            for (int column = 0; column <= ends.Length; column++)
            {
                int end = column < ends.Length ? ends[column] : raw.Length;
                if (end > start)
                {
                    stored += _columnCompressor.Wrap(raw[start..end], _stored.AsSpan(HeaderBytes + stored));
                    start = end;
                }
            }
        }

        return WriteStored(output, raw, stored);
    }

    /// <summary>Reads one block into <paramref name="raw"/>, which is replaced by a larger pooled array when needed;
    /// <see cref="PaddingBytes"/> of no meaning follow.
    /// <paramref name="position"/> in the file is for messages; <paramref name="available"/> bytes are left of the segment.</summary>
    /// <returns>Bytes read from <paramref name="input"/>.</returns>
    public int Read(Stream input, long position, long available, ref byte[] raw, out int rawLength)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (available < HeaderBytes || input.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            throw RunFormatException.Damaged(position, "the file ends inside a block's header");
        }

        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        ulong hash = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        if (length is 0 or > MaxBlockBytes || stored > length || stored > available - HeaderBytes)
        {
            throw RunFormatException.Damaged(position, $"a block of {stored} stored and {length} raw bytes does not fit");
        }

        Grow((int)stored);
        if (input.ReadAtLeast(_stored.AsSpan(0, (int)stored), (int)stored, throwOnEndOfStream: false) < stored)
        {
            throw RunFormatException.Damaged(position, "the file ends inside a block");
        }

        rawLength = (int)length;
        if (raw.Length < rawLength + PaddingBytes)
        {
            ArrayPool<byte>.Shared.Return(raw);
            raw = ArrayPool<byte>.Shared.Rent(rawLength + PaddingBytes);
        }

        ReadOnlySpan<byte> source = _stored.AsSpan(0, (int)stored);
        Span<byte> target = raw.AsSpan(0, rawLength);
        if (stored == length)
        {
            source.CopyTo(target);
        }
        else
        {
            Decompress(source, target, position);
        }

        if (XxHash3.HashToUInt64(target) != hash)
        {
            throw RunFormatException.Damaged(position, "the block's checksum differs");
        }

        return HeaderBytes + (int)stored;
    }

    public void Dispose()
    {
        _compressor?.Dispose();
        _columnCompressor?.Dispose();
        _decompressor?.Dispose();
        ArrayPool<byte>.Shared.Return(_stored);
        _stored = [];
    }

    private static Compressor CreateColumnCompressor()
    {
        var compressor = new Compressor(NoMatches);
        // ZSTD_c_literalCompressionMode: without matches all is literals, which levels below zero would leave as they are.
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_experimentalParam5, (int)ZSTD_paramSwitch_e.ZSTD_ps_enable);
        return compressor;
    }

    private int WriteStored(Stream output, ReadOnlySpan<byte> raw, int stored)
    {
        if (stored >= raw.Length)
        {
            raw.CopyTo(_stored.AsSpan(HeaderBytes));
            stored = raw.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_stored, (uint)stored);
        BinaryPrimitives.WriteUInt32LittleEndian(_stored.AsSpan(4), (uint)raw.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(_stored.AsSpan(8), XxHash3.HashToUInt64(raw));
        output.Write(_stored, 0, HeaderBytes + stored);
        return HeaderBytes + stored;
    }

    private void Decompress(ReadOnlySpan<byte> source, Span<byte> target, long position)
    {
        int written;
        try
        {
            _decompressor ??= new Decompressor();
            written = _decompressor.Unwrap(source, target);
        }
        catch (ZstdException error)
        {
            throw new RunFormatException(RunFormatException.Damaged(position, "the block does not decompress").Message, error);
        }

        if (written != target.Length)
        {
            throw RunFormatException.Damaged(position, $"the block has {written} bytes instead of {target.Length}");
        }
    }

    private void Grow(int bytes)
    {
        if (_stored.Length < bytes)
        {
            ArrayPool<byte>.Shared.Return(_stored);
            _stored = ArrayPool<byte>.Shared.Rent(bytes);
        }
    }
}
