using System.Buffers;

namespace Bytemill.Tokenization;

/// <summary>Unicode Normalization Form C of a text that comes in fragments, cut anywhere, also inside a character.</summary>
/// <remarks>
/// What is written for all fragments together equals <see cref="TextNormalizer.ToNfc"/> of the whole text. Held back are
/// the bytes from the last starter that cannot compose with what is before it: a character or a few, and no more than
/// the longest run of combining marks. Not thread-safe. May be used again after <see cref="Complete"/>.
/// </remarks>
public sealed class StreamingNormalizer
{
    // Begins with a starter of class 0 (at the text's beginning: with anything), has no other,
    // and ends with _tailLength bytes of a character cut off.
    private readonly ArrayBufferWriter<byte> _held = new();
    private int _tailLength;

    /// <summary>Bytes taken in and not written yet.</summary>
    public int HeldBytes => _held.WrittenCount;

    /// <summary>Takes the next bytes of the text and writes what is certain by now.</summary>
    /// <param name="utf8">Any length, also 0; ill-formed bytes pass through.</param>
    /// <param name="ready">Receives normalised bytes, maybe none, maybe ending inside a character only if that is ill-formed.</param>
    /// <remarks>O(length); over all calls linear in the text.</remarks>
    public void Append(ReadOnlySpan<byte> utf8, IBufferWriter<byte> ready)
    {
        ArgumentNullException.ThrowIfNull(ready);
        int taken = 0;
        while (_tailLength > 0 && taken < utf8.Length)
        {
            _held.Write(utf8.Slice(taken++, 1));
            _tailLength++;
            SettleTail(ready);
        }

        ReadOnlySpan<byte> rest = utf8[taken..];
        if (rest.IsEmpty)
        {
            return;
        }

        _tailLength = Utf8Decoder.IncompleteTail(rest);
        ReadOnlySpan<byte> whole = rest[..^_tailLength];
        int first = FirstBoundary(whole);
        if (first < whole.Length)
        {
            _held.Write(whole[..first]);
            int last = LastBoundary(whole);
            WriteHeld(_held.WrittenCount, ready);
            TextNormalizer.WriteNfc(whole[first..last], ready);
            _held.Write(rest[last..]);
        }
        else
        {
            _held.Write(rest);
        }
    }

    /// <summary>Writes what was held back: the text ends here, and another may begin.</summary>
    /// <param name="ready">Receives normalised bytes.</param>
    public void Complete(IBufferWriter<byte> ready)
    {
        ArgumentNullException.ThrowIfNull(ready);
        _tailLength = 0;
        WriteHeld(_held.WrittenCount, ready);
    }

    // Takes characters off the tail as far as they are complete, or certain to be ill-formed.
    private void SettleTail(IBufferWriter<byte> ready)
    {
        while (_tailLength > 0)
        {
            ReadOnlySpan<byte> tail = _held.WrittenSpan[^_tailLength..];
            if (Utf8Decoder.IncompleteTail(tail) == tail.Length)
            {
                return;
            }

            int codePoint = Utf8Decoder.Decode(tail, 0, out int length);
            if (UnicodeData.Class(codePoint) == 0)
            {
                WriteHeld(_held.WrittenCount - _tailLength, ready);
            }

            _tailLength -= length;
        }
    }

    private void WriteHeld(int length, IBufferWriter<byte> ready)
    {
        ReadOnlySpan<byte> held = _held.WrittenSpan;
        if (length == 0)
        {
            return;
        }

        TextNormalizer.WriteNfc(held[..length], ready);

        // A character at most is left behind, so the copy is short.
        Span<byte> left = stackalloc byte[4];
        int leftLength = held.Length - length;
        held[length..].CopyTo(left);
        _held.ResetWrittenCount();
        _held.Write(left[..leftLength]);
    }

    // Start of the first code point of class 0, or the length.
    private static int FirstBoundary(ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (i < text.Length)
        {
            int codePoint = Utf8Decoder.Decode(text, i, out int length);
            if (UnicodeData.Class(codePoint) == 0)
            {
                break;
            }

            i += length;
        }

        return i;
    }

    // Start of the last code point of class 0; there is one.
    private static int LastBoundary(ReadOnlySpan<byte> text)
    {
        int i = text.Length;
        while (true)
        {
            i = Utf8Decoder.PreviousStart(text, i);
            if (UnicodeData.Class(Utf8Decoder.Decode(text, i, out _)) == 0)
            {
                return i;
            }
        }
    }
}
