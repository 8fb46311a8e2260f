using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Reads what <see cref="MegatronSink"/> wrote.</summary>
internal sealed class MegatronReader : ITokenReader
{
    private const int HeaderBytes = 34;

    private readonly string _path;
    private readonly Stream _data;
    private readonly Stream _index;
    private readonly IdType _type;

    public MegatronReader(string path)
    {
        _path = path;
        Metadata = TokenReaders.ReadMetadata(path);
        _data = Stores.OpenRead(path);
        _index = Stores.OpenRead(Path.ChangeExtension(path, ".idx"));
        byte[] header = new byte[HeaderBytes];
        _index.ReadExactly(header);
        _type = header[17] == 8 ? IdType.UInt16 : IdType.Int32;
        Rows = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(18));
        if (!header.AsSpan(0, 9).SequenceEqual("MMIDIDX\0\0"u8) || header[17] is not (4 or 8) || Rows < 0
            || _index.Length != HeaderBytes + (Rows * 12) + ((Rows + 1) * 8))
        {
            Dispose();
            throw TokenReaders.Damaged(path, "its .idx is no index of it");
        }
    }

    public long Rows { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IEnumerable<TokenizedRow> ReadRows(CancellationToken cancellation)
    {
        using Stream pointers = Stores.OpenRead(Path.ChangeExtension(_path, ".idx"));
        pointers.Position = HeaderBytes + (Rows * sizeof(int));
        _index.Position = HeaderBytes;
        byte[] number = new byte[sizeof(long)];
        for (long row = 0; row < Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            _index.ReadExactly(number, 0, sizeof(int));
            int length = BinaryPrimitives.ReadInt32LittleEndian(number);
            pointers.ReadExactly(number);
            if (BinaryPrimitives.ReadInt64LittleEndian(number) != _data.Position || length < 0 || length > (_data.Length - _data.Position) / NumberBytes.WidthOf(_type))
            {
                throw TokenReaders.Damaged(_path, $"sequence {row} does not lie where its .idx says");
            }

            yield return TokenReaders.Row(TokenReaders.ReadNumbers(_data, length, _type));
        }

        if (_data.Position != _data.Length)
        {
            throw TokenReaders.Damaged(_path, "it is longer than its .idx says");
        }
    }

    public void Dispose()
    {
        _data.Dispose();
        _index.Dispose();
    }
}
