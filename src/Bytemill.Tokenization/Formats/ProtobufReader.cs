using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>A cursor over the fields of a protobuf message that names places in its errors. Allocates nothing.</summary>
/// <param name="message">The message.</param>
/// <param name="start">Place of the message in the file, in bytes, for errors.</param>
/// <param name="name">What errors call the file.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, int start, string name)
{
    private const string Remedy = "The file is damaged, cut off or of another kind.";

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;
    private int _fieldPosition;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Value of the current field if it is a varint.</summary>
    public ulong Varint { get; private set; }

    /// <summary>Bytes of the current field if it is not a varint; a fixed-width number has 4 or 8.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Place of <see cref="Bytes"/> in the file.</summary>
    public int BytesStart { get; private set; }

    /// <summary>Place of the current field in the file.</summary>
    public readonly int Place => start + _fieldPosition;

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Read()
    {
        if (_position == _message.Length)
        {
            return false;
        }

        _fieldPosition = _position;
        ulong tag = ReadVarint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        if (Field is 0 or > 0x1FFFFFFF)
        {
            Fail("field number " + (tag >> 3).ToString(CultureInfo.InvariantCulture), "1 to 536870911");
        }

        Varint = 0;
        Bytes = [];
        BytesStart = start + _position;
        switch (tag & 7)
        {
            case 0:
                Varint = ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Take(ReadVarint());
                break;
            case 5:
                Take(4);
                break;
            default:
                Fail("wire type " + (tag & 7).ToString(CultureInfo.InvariantCulture), "0, 1, 2 or 5");
                break;
        }

        return true;
    }

    [DoesNotReturn]
    public readonly void Fail(string found, string expected) =>
        Throw.Format(name, "byte " + Place.ToString(CultureInfo.InvariantCulture), found, expected, Remedy);

    private void Take(ulong length)
    {
        int left = _message.Length - _position;
        if (length > (ulong)left)
        {
            Fail("a field of " + length.ToString(CultureInfo.InvariantCulture) + " bytes", left.ToString(CultureInfo.InvariantCulture) + " at most: no more are left");
        }

        Bytes = _message.Slice(_position, (int)length);
        BytesStart = start + _position;
        _position += (int)length;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position == _message.Length)
            {
                Fail("the end of the message", "the rest of a number");
            }

            byte next = _message[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Fail("a number of more than 10 bytes", "10 at most");
        return 0;
    }
}
