using System.Globalization;
using System.Text;

namespace Bytemill.Corpus;

/// <summary>An array in NumPy's format, version 1.0, written from its beginning while its length is not known yet.</summary>
/// <remarks>
/// Six bytes <c>\x93NUMPY</c>, version 1 0, length of the header (u16, little endian), and the header: a Python dictionary with <c>descr</c>,
/// <c>fortran_order</c> and <c>shape</c>, filled up with blanks to a multiple of 64 bytes in all and ended by a line feed. Always 128 bytes here. Source: NumPy's
/// documentation of <c>numpy.lib.format</c>.
/// </remarks>
internal sealed class NpyFile : IDisposable
{
    public const int HeaderBytes = 128;

    private readonly Stream _stream;
    private readonly string _type;
    private readonly int _width;
    private readonly int? _columns;

    /// <param name="stream">Can seek; closed with the file.</param>
    /// <param name="type">Of an element, as <c>&lt;u2</c>.</param>
    /// <param name="width">Bytes of an element.</param>
    /// <param name="columns">Length of a row of a matrix; null for a vector.</param>
    public NpyFile(Stream stream, string type, int width, int? columns)
    {
        (_stream, _type, _width, _columns) = (stream, type, width, columns);
        _stream.Write(new byte[HeaderBytes]);
    }

    /// <summary>Bytes of elements so far, header not included.</summary>
    public long DataBytes { get; private set; }

    /// <summary>Appends elements.</summary>
    public void Write(ReadOnlySpan<byte> elements)
    {
        _stream.Write(elements);
        DataBytes += elements.Length;
    }

    /// <summary>Appends numbers of an id's type.</summary>
    public void Write(ReadOnlySpan<int> numbers, IdType type, ref byte[] buffer) => DataBytes += NumberBytes.Write(numbers, type, _stream, ref buffer);

    /// <summary>Writes the header, now that the length is known.</summary>
    public void Complete()
    {
        _stream.Position = 0;
        _stream.Write(Header(_type, DataBytes / _width, _columns));
        _stream.Flush();
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The header of an array.</summary>
    /// <param name="type">Of an element.</param>
    /// <param name="elements">How many.</param>
    /// <param name="columns">Length of a row; null for a vector.</param>
    internal static byte[] Header(string type, long elements, int? columns)
    {
        string shape = columns is { } width
            ? string.Create(CultureInfo.InvariantCulture, $"({elements / width}, {width})")
            : string.Create(CultureInfo.InvariantCulture, $"({elements},)");
        byte[] header = new byte[HeaderBytes];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> begin = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, HeaderBytes - 10, 0];
        begin.CopyTo(header);
        Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", header.AsSpan(begin.Length));
        header[^1] = (byte)'\n';
        return header;
    }
}
