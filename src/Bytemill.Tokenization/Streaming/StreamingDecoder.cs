using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Bytemill.Tokenization;

/// <summary>
/// Decodes ids that come in parts into well-formed UTF-8: a character is written when it is whole, never half. All calls
/// together give the UTF-8 of <see cref="Tokenizer.DecodeToString"/> for all ids. Not thread-safe.
/// </summary>
/// <remarks>
/// Bytes that cannot become a character are written as U+FFFD, one for each ill-formed sequence, at once;
/// <see cref="Complete(IBufferWriter{byte})"/> does so with the beginning of a character that never ended.
/// </remarks>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal StreamingDecoder(Tokenizer tokenizer) => _tokenizer = tokenizer;

    /// <summary>Takes the next ids and writes the characters that are whole by now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id; the ids before it are taken.</exception>
    public void Append(ReadOnlySpan<int> ids, IBufferWriter<byte> utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        while (!ids.IsEmpty)
        {
            ids = ids[_tokenizer.DecodeSome(ids, _bytes)..];
            WriteWhole(utf8);
        }
    }

    /// <summary>Takes the next ids and returns the characters that are whole by now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id; the ids before it are taken.</exception>
    public string Append(params ReadOnlySpan<int> ids)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        Append(ids, utf8);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    /// <summary>Ends the text: writes U+FFFD for a character that never ended. The next call begins another text.</summary>
    public void Complete(IBufferWriter<byte> utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        WriteRepaired(_bytes.WrittenSpan, utf8);
        _bytes.ResetWrittenCount();
    }

    /// <summary>Ends the text: returns U+FFFD for a character that never ended, else nothing. The next call begins another text.</summary>
    public string Complete()
    {
        var utf8 = new ArrayBufferWriter<byte>();
        Complete(utf8);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    private void WriteWhole(IBufferWriter<byte> utf8)
    {
        ReadOnlySpan<byte> bytes = _bytes.WrittenSpan;
        int cut = Utf8Decoder.IncompleteTail(bytes);
        WriteRepaired(bytes[..^cut], utf8);
        Span<byte> left = stackalloc byte[4];
        left = left[..cut];
        bytes[^cut..].CopyTo(left);
        _bytes.ResetWrittenCount();
        _bytes.Write(left);
    }

    private static void WriteRepaired(ReadOnlySpan<byte> bytes, IBufferWriter<byte> utf8)
    {
        if (Utf8.IsValid(bytes))
        {
            utf8.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
            utf8.Advance(rune.EncodeToUtf8(utf8.GetSpan(4)));
            bytes = bytes[length..];
        }
    }
}
