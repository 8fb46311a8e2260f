using System.Buffers;
using System.Text.Unicode;

namespace Bytemill.Tokenization;

/// <content>UTF-16 text in parts, cut anywhere, also between the halves of a surrogate pair.</content>
public sealed partial class StreamingEncoder
{
    private const int PartChars = 1 << 14;

    private byte[] _utf8 = [];
    private char _highSurrogate;
    private long _charsBefore;

    /// <summary>Takes the next part of the text and writes the ids that are certain by now.</summary>
    /// <exception cref="ArgumentException">
    /// There is a lone surrogate; the message has its place, counted from the beginning of the text. What stands before it is taken.
    /// </exception>
    public void Append(ReadOnlySpan<char> text, IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (_utf8.Length == 0)
        {
            _utf8 = new byte[3 * PartChars];
        }

        if (_highSurrogate != '\0' && !text.IsEmpty)
        {
            ReadOnlySpan<char> pair = [_highSurrogate, text[0]];
            _charsBefore--;
            _highSurrogate = '\0';
            AppendWhole(pair, ids);
            text = text[1..];
        }

        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> part = text[..Math.Min(text.Length, PartChars)];
            text = text[part.Length..];
            char held = char.IsHighSurrogate(part[^1]) ? part[^1] : '\0';
            AppendWhole(held == '\0' ? part : part[..^1], ids);
            if (held == '\0')
            {
                continue;
            }

            if (text.IsEmpty)
            {
                _highSurrogate = held;
                _charsBefore++;
                break;
            }

            AppendWhole([held, text[0]], ids);
            text = text[1..];
        }
    }

    // No half of a pair at the end, unless it is a fault.
    private void AppendWhole(ReadOnlySpan<char> text, IBufferWriter<int> ids)
    {
        OperationStatus status = Utf8.FromUtf16(text, _utf8, out int read, out int length, replaceInvalidSequences: false);
        AppendBytes(_utf8.AsSpan(0, length), ids);
        _charsBefore += read;
        if (status != OperationStatus.Done)
        {
            ThrowLoneSurrogate();
        }
    }

    private void CheckWholeCharacters(bool isEmpty)
    {
        if (_highSurrogate != '\0' && !isEmpty)
        {
            _charsBefore--;
            _highSurrogate = '\0';
            ThrowLoneSurrogate();
        }
    }

    private void ThrowLoneSurrogate() => Throw.LoneSurrogate(_charsBefore, "text");
}
