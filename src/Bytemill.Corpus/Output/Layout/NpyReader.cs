using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bytemill.Corpus;

/// <summary>Reads what <see cref="NpySink"/> wrote.</summary>
internal sealed partial class NpyReader : ITokenReader
{
    private readonly string _path;
    private readonly Stream _ids;
    private readonly Stream? _offsets;
    private readonly IdType _type;
    private readonly int? _columns;

    public NpyReader(string path)
    {
        _path = path;
        Metadata = TokenReaders.ReadMetadata(path);
        _ids = Stores.OpenRead(path);
        try
        {
            (string type, long first, _columns) = ReadHeader(_ids, path);
            _type = type == "<u2" ? IdType.UInt16 : IdType.Int32;
            if (_columns is not null)
            {
                Rows = first;
                return;
            }

            string offsetsPath = Path.ChangeExtension(path, ".offsets.npy");
            _offsets = Stores.OpenRead(offsetsPath);
            (_, long offsets, _) = ReadHeader(_offsets, offsetsPath);
            Rows = offsets - 1;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long Rows { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IEnumerable<TokenizedRow> ReadRows(CancellationToken cancellation)
    {
        byte[] number = new byte[sizeof(long)];
        long begin = _offsets is null ? 0 : ReadOffset();
        for (long row = 0; row < Rows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            long end = _offsets is null ? 0 : ReadOffset();
            long length = _columns ?? end - begin;
            begin = end;
            if (length < 0 || length > (_ids.Length - _ids.Position) / NumberBytes.WidthOf(_type))
            {
                throw TokenReaders.Damaged(_path, $"row {row} does not lie where its offsets say");
            }

            yield return TokenReaders.Row(TokenReaders.ReadNumbers(_ids, (int)length, _type));
        }

        if (_ids.Position != _ids.Length)
        {
            throw TokenReaders.Damaged(_path, "it is longer than its shape and offsets say");
        }

        long ReadOffset()
        {
            _offsets!.ReadExactly(number);
            return BinaryPrimitives.ReadInt64LittleEndian(number);
        }
    }

    public void Dispose()
    {
        _ids.Dispose();
        _offsets?.Dispose();
    }

    private (string Type, long First, int? Columns) ReadHeader(Stream file, string name)
    {
        byte[] header = new byte[NpyFile.HeaderBytes];
        file.ReadExactly(header);
        Match match = Header().Match(Encoding.Latin1.GetString(header));
        return match.Success
            ? (match.Groups["type"].Value,
                long.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture),
                match.Groups["second"].Success ? int.Parse(match.Groups["second"].Value, CultureInfo.InvariantCulture) : null)
            : throw TokenReaders.Damaged(_path, $"'{name}' has no header of NumPy's format");
    }

    [GeneratedRegex(@"^\u0093NUMPY\u0001\u0000v\u0000\{'descr': '(?<type><[ui][248])', 'fortran_order': False, 'shape': \((?<first>\d{1,18}),( (?<second>\d{1,9}))?\), \} *\n$")]
    private static partial Regex Header();
}
