using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>
/// Writes rows as NumPy arrays. Documents: their ids one behind the other, and where each begins, in ids, with the number of all ids at the end
/// (int64). Packed sequences: a matrix of ids with a row for each, and two of the same shape with positions and documents (int32).
/// </summary>
public sealed class NpySink : RowSink
{
    private readonly IdType _type;
    private readonly NpyFile _ids;
    private readonly NpyFile? _offsets;
    private readonly NpyFile? _positions;
    private readonly NpyFile? _documents;
    private readonly byte[] _offset = new byte[sizeof(long)];
    private byte[] _buffer = [];
    private int[] _numbers = [];
    private long _count;

    private NpySink(IdType type, NpyFile ids, NpyFile? offsets, NpyFile? positions, NpyFile? documents)
    {
        (_type, _ids, _offsets, _positions, _documents) = (type, ids, offsets, positions, documents);
        WriteOffset();
    }

    /// <inheritdoc/>
    public override long LengthBytes => Files.Sum(file => NpyFile.HeaderBytes + file.DataBytes);

    private IEnumerable<NpyFile> Files => ((NpyFile?[])[_ids, _offsets, _positions, _documents]).OfType<NpyFile>();

    /// <summary>For documents.</summary>
    /// <param name="ids">For the ids, can seek; closed with the sink, as the other.</param>
    /// <param name="offsets">For where documents begin.</param>
    /// <param name="type">Of the ids.</param>
    public static NpySink ForDocuments(Stream ids, Stream offsets, IdType type) =>
        new(type, File(ids, type, columns: null), new NpyFile(offsets, "<i8", sizeof(long), columns: null), positions: null, documents: null);

    /// <summary>For packed sequences.</summary>
    /// <param name="ids">For the ids, can seek; closed with the sink, as the others.</param>
    /// <param name="positions">For the positions.</param>
    /// <param name="documents">For the documents.</param>
    /// <param name="type">Of the ids.</param>
    /// <param name="length">Of a sequence.</param>
    public static NpySink ForSequences(Stream ids, Stream positions, Stream documents, IdType type, int length) =>
        new(type, File(ids, type, length), offsets: null, File(positions, IdType.Int32, length), File(documents, IdType.Int32, length));

    /// <inheritdoc/>
    public override void Complete(CancellationToken cancellation = default)
    {
        foreach (NpyFile file in Files)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Complete();
        }
    }

    /// <inheritdoc/>
    protected override void Write(in OutputRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _ids.Write(row.Ids, _type, ref _buffer);
        _count += row.Ids.Length;
        WriteOffset();
        if (_positions is not null)
        {
            _numbers = _numbers.Length < row.Ids.Length ? new int[row.Ids.Length] : _numbers;
            PackedIds.FillPositions(row, _numbers);
            _positions.Write(_numbers.AsSpan(0, row.Ids.Length), IdType.Int32, ref _buffer);
            PackedIds.FillDocuments(row, _numbers);
            _documents!.Write(_numbers.AsSpan(0, row.Ids.Length), IdType.Int32, ref _buffer);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (NpyFile file in Files)
        {
            file.Dispose();
        }
    }

    private static NpyFile File(Stream stream, IdType type, int? columns) =>
        new(stream, type switch { IdType.UInt16 => "<u2", IdType.UInt32 => "<u4", _ => "<i4" }, NumberBytes.WidthOf(type), columns);

    private void WriteOffset()
    {
        if (_offsets is not null)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_offset, _count);
            _offsets.Write(_offset);
        }
    }
}
