using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>
/// Writes rows as Megatron-LM's indexed dataset, version 1: the ids one behind the other (<c>.bin</c>), and an index (<c>.idx</c>) by which they
/// are found. Every row is a sequence, and a document of one sequence.
/// </summary>
/// <remarks>
/// Little endian. Index: the 9 bytes <c>MMIDIDX\0\0</c>, version 1 (u64), type of the ids (u8: 8 is uint16, 4 int32), sequences n (u64), n + 1
/// (u64), length of each sequence (n times i32), where each begins in the other file in bytes (n times i64), and the first sequence of each document, with
/// n behind the last (n + 1 times i64). Source: Megatron-LM, <c>megatron/core/datasets/indexed_dataset.py</c>, the reader and its classes.
/// </remarks>
public sealed class MegatronSink : RowSink
{
    private const int HeaderBytes = 9 + 8 + 1 + 8 + 8;
    private const byte Int32Code = 4;
    private const byte UInt16Code = 8;

    private readonly Stream _data;
    private readonly Stream _index;
    private readonly IdType _type;
    private readonly byte[] _number = new byte[sizeof(long)];
    private byte[] _buffer = [];
    private long _dataBytes;

    /// <param name="data">For the ids; closed with the sink.</param>
    /// <param name="index">For the index, can be read; closed with the sink.</param>
    /// <param name="type">Int32 or UInt16: the format has no other.</param>
    public MegatronSink(Stream data, Stream index, IdType type)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(index);
        if (type is not (IdType.Int32 or IdType.UInt16))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Ids of this format are int32 or uint16.");
        }

        (_data, _index, _type) = (data, index, type);
        _index.Write(new byte[HeaderBytes]);
    }

    /// <inheritdoc/>
    public override long LengthBytes => _dataBytes + HeaderBytes + (Rows * (sizeof(int) + (2 * sizeof(long)))) + sizeof(long);

    /// <inheritdoc/>
    public override void Complete(CancellationToken cancellation = default)
    {
        WritePointers(cancellation);
        for (long document = 0; document <= Rows; document++)
        {
            Write(document);
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        "MMIDIDX\0\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[9..], 1);
        header[17] = _type == IdType.UInt16 ? UInt16Code : Int32Code;
        BinaryPrimitives.WriteInt64LittleEndian(header[18..], Rows);
        BinaryPrimitives.WriteInt64LittleEndian(header[26..], Rows + 1);
        _index.Position = 0;
        _index.Write(header);
        _index.Flush();
        _data.Flush();
    }

    /// <inheritdoc/>
    protected override void Write(in OutputRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _dataBytes += NumberBytes.Write(row.Ids, _type, _data, ref _buffer);
        BinaryPrimitives.WriteInt32LittleEndian(_number, row.Ids.Length);
        _index.Write(_number, 0, sizeof(int));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _data.Dispose();
        _index.Dispose();
    }

    // The lengths are read back, so that memory does not grow with the rows.
    private void WritePointers(CancellationToken cancellation)
    {
        const int Part = 1 << 14;
        int width = NumberBytes.WidthOf(_type);
        byte[] lengths = new byte[Part * sizeof(int)];
        long pointer = 0;
        for (long first = 0; first < Rows; first += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> part = lengths.AsSpan(0, (int)Math.Min(Part, Rows - first) * sizeof(int));
            _index.Position = HeaderBytes + (first * sizeof(int));
            _index.ReadExactly(part);
            _index.Position = HeaderBytes + (Rows * sizeof(int)) + (first * sizeof(long));
            for (; !part.IsEmpty; part = part[sizeof(int)..])
            {
                Write(pointer);
                pointer += (long)width * BinaryPrimitives.ReadInt32LittleEndian(part);
            }
        }

        _index.Position = HeaderBytes + (Rows * (sizeof(int) + sizeof(long)));
    }

    private void Write(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        _index.Write(_number);
    }
}
