namespace Bytemill.Tokenization;

/// <summary>Turns ascending places in well-formed UTF-8 into places in its UTF-16 form.</summary>
internal struct Utf16Position
{
    private int _byte;
    private int _unit;

    /// <summary>The edge of a character at or before byte <paramref name="target"/>.</summary>
    public int Before(ReadOnlySpan<byte> utf8, int target)
    {
        while (_byte < target)
        {
            int length = LengthAt(utf8[_byte]);
            if (_byte + length > target)
            {
                break;
            }

            Advance(length);
        }

        return _unit;
    }

    /// <summary>The edge of a character at or behind byte <paramref name="target"/>.</summary>
    public int After(ReadOnlySpan<byte> utf8, int target)
    {
        while (_byte < target)
        {
            Advance(LengthAt(utf8[_byte]));
        }

        return _unit;
    }

    private static int LengthAt(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    private void Advance(int length)
    {
        _byte += length;
        _unit += length == 4 ? 2 : 1;
    }
}
