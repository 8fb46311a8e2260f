using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Hands UTF-8 from a stream on in parts of whole characters, and says where lines end and where it is no UTF-8.</summary>
internal sealed class TextLines
{
    private const int PartBytes = 1 << 16;

    private readonly Stream _input;
    private readonly string _name;
    private readonly bool _isWhole;
    private readonly bool _anyBytes;
    private readonly byte[] _buffer = new byte[PartBytes];
    private long _line = 1;
    private long _position;

    /// <param name="input">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="isWhole">Whether it is one text with its newlines; else each line is a text, without the newline (and a carriage
    /// return before it).</param>
    /// <param name="anyBytes">Whether bytes that are no UTF-8 are passed on like others.</param>
    public TextLines(Stream input, string name, bool isWhole, bool anyBytes)
    {
        _input = input;
        _name = name;
        _isWhole = isWhole;
        _anyBytes = anyBytes;
    }

    /// <summary>What takes a part of a text.</summary>
    public delegate void PartAction(ReadOnlySpan<byte> part);

    /// <summary>Reads to the end.</summary>
    /// <param name="onPart">Takes the next part of the text; it may be empty.</param>
    /// <param name="onEndOfText">The text ends.</param>
    /// <param name="onPause">Nothing more is there for now: what was made should be seen.</param>
    /// <param name="cancellationToken">Looked at between parts.</param>
    /// <exception cref="JobInputException">The text is no UTF-8.</exception>
    public void Read(PartAction onPart, Action onEndOfText, Action onPause, CancellationToken cancellationToken)
    {
        int kept = 0;
        bool isOpen = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = _input.Read(_buffer.AsSpan(kept));
            int length = kept + read;
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, length);
            int tail = read == 0 ? 0 : HeldBack(bytes);
            Take(bytes[..^tail], read == 0, onPart, onEndOfText, ref isOpen);
            if (read == 0)
            {
                break;
            }

            bytes[^tail..].CopyTo(_buffer);
            kept = tail;
            onPause();
        }

        if (isOpen)
        {
            onEndOfText();
        }

        onPause();
    }

    private void Take(ReadOnlySpan<byte> bytes, bool isFinal, PartAction onPart, Action onEndOfText, ref bool isOpen)
    {
        if (!_anyBytes && !Utf8.IsValid(bytes))
        {
            ThrowNotUtf8(bytes);
        }

        _position += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int newline = bytes.IndexOf((byte)'\n');
            _line += newline >= 0 ? 1 : 0;
            if (_isWhole || newline < 0)
            {
                int length = _isWhole && newline >= 0 ? newline + 1 : bytes.Length;
                onPart(bytes[..length]);
                isOpen = true;
                bytes = bytes[length..];
                continue;
            }

            ReadOnlySpan<byte> line = bytes[..newline];
            onPart(line.EndsWith("\r"u8) ? line[..^1] : line);
            onEndOfText();
            isOpen = false;
            bytes = bytes[(newline + 1)..];
        }

        isOpen |= _isWhole && isFinal;
    }

    // A character that the part cuts, and a carriage return that may belong to the end of a line.
    private int HeldBack(ReadOnlySpan<byte> bytes)
    {
        if (!_isWhole && bytes.EndsWith("\r"u8))
        {
            return 1;
        }

        for (int length = 1; !_anyBytes && length <= 3 && length <= bytes.Length; length++)
        {
            if ((bytes[^length] & 0xC0) != 0x80)
            {
                return Rune.DecodeFromUtf8(bytes[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
            }
        }

        return 0;
    }

    private void ThrowNotUtf8(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == OperationStatus.Done)
        {
            at += length;
        }

        long line = _line + bytes[..at].Count((byte)'\n');
        throw new JobInputException(Units.Format(
            $"{_name}:{line}: byte 0x{bytes[at]:X2} at byte {_position + at} is not UTF-8 text. Convert it first, for example with iconv, or give --bytes to encode any bytes as they are."));
    }
}
