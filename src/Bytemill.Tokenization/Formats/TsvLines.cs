using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>Goes over the lines of a table; each ends with LF or CR LF.</summary>
internal ref struct TsvLines(ReadOnlySpan<byte> text, string name, string remedy)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>The current line, without its end; empty behind the last.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Number of the current line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Goes to the next line; false at the end of the file.</summary>
    public bool Read()
    {
        Number++;
        Line = [];
        if (_rest.IsEmpty)
        {
            return false;
        }

        int end = _rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            Line = _rest;
            Fail("a line without an end", "a line feed behind every line; the file is cut off");
        }

        Line = _rest[..end].EndsWith("\r"u8) ? _rest[..(end - 1)] : _rest[..end];
        _rest = _rest[(end + 1)..];
        return true;
    }

    [DoesNotReturn]
    public readonly void Fail(string found, string expected) =>
        Throw.Format(name, "line " + Number.ToString(CultureInfo.InvariantCulture), found, expected, remedy);
}
