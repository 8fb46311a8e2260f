using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bytemill.Tokenization;

/// <summary>Reads and writes the JSON model files of bytepiece 0.6.3.</summary>
/// <remarks>
/// An object of <c>"base64 of the piece": [id, "its text, as far as it is valid UTF-8", count]</c>. The file holds neither
/// options nor special tokens. Written bytes equal those of <c>json.dump(…, indent=4, ensure_ascii=False)</c>.
/// </remarks>
public static class BytePieceFormat
{
    private const string Remedy = "Is this the model of another tokenizer, or damaged? Export it again with bytepiece.";
    private const int FlushAtBytes = 1 << 16;

    // What a file does not tell: training. What it does at encoding: NFC, digits not isolated.
    private static readonly ModelOptions s_options = new() { Order = 0, MinCount = 0, MaxPieceLength = 0, MaxVocabSize = 0 };

    /// <summary>Writes the pieces of <paramref name="model"/>, byte for byte as bytepiece does.</summary>
    /// <remarks>Options and special tokens do not fit into the format and are left out.</remarks>
    public static void Write(TokenizerModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        Vocabulary vocabulary = model.Vocabulary;
        var output = new ArrayBufferWriter<byte>(FlushAtBytes * 2);
        output.Write("{"u8);
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            ReadOnlySpan<byte> piece = vocabulary.GetPiece(id);
            output.Write(id == Vocabulary.FirstPieceId ? "\n    \""u8 : ",\n    \""u8);
            WriteBase64(output, piece);
            output.Write("\": [\n        "u8);
            WriteNumber(output, id);
            output.Write(",\n        \""u8);
            WriteText(output, piece);
            output.Write("\",\n        "u8);
            WriteNumber(output, vocabulary.GetCount(id));
            output.Write("\n    ]"u8);
            if (output.WrittenCount >= FlushAtBytes)
            {
                stream.Write(output.WrittenSpan);
                output.ResetWrittenCount();
            }
        }

        output.Write("\n}"u8);
        stream.Write(output.WrittenSpan);
    }

    /// <summary>Reads a model of bytepiece; it encodes as bytepiece does: NFC, digits not isolated.</summary>
    /// <param name="stream">JSON; read to its end.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The stream is no such model.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(ModelBytes.Read(stream, name, CheckHead), name);
    }

    /// <summary>Whether it may be JSON of bytepiece; white space may come first.</summary>
    internal static bool LooksLikeThis(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    internal static TokenizerModel Parse(byte[] json, string name)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            return new TokenizerModel(ReadVocabulary(ref reader, json, name), s_options);
        }
        catch (JsonException error)
        {
            throw JsonFault.Create(error, name, Remedy);
        }
    }

    private static void CheckHead(ReadOnlySpan<byte> head, string name)
    {
        if (!LooksLikeThis(head))
        {
            // Without the object's beginning this cannot end well, and its message names what is there instead.
            Parse(head.ToArray(), name);
        }
    }

    private static Vocabulary ReadVocabulary(ref Utf8JsonReader reader, byte[] json, string name)
    {
        Expect(ref reader, JsonTokenType.StartObject, json, name, "an object of pieces");
        var entries = new List<BytePieceEntry>();
        var pieces = new ArrayBufferWriter<byte>(1 << 16);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            entries.Add(ReadEntry(ref reader, pieces, json, name));
        }

        // Only white space may follow; anything else is the reader's own exception.
        while (reader.Read())
        {
        }

        entries.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return Arrange(entries, pieces.WrittenSpan, json, name);
    }

    private static BytePieceEntry ReadEntry(ref Utf8JsonReader reader, ArrayBufferWriter<byte> pieces, byte[] json, string name)
    {
        long at = reader.TokenStartIndex;
        ReadOnlySpan<byte> key = reader.ValueSpan;
        int length = 0;
        if (!reader.ValueIsEscaped)
        {
            Span<byte> target = pieces.GetSpan(Base64.GetMaxDecodedFromUtf8Length(key.Length));
            OperationStatus status = Base64.DecodeFromUtf8(key, target, out _, out length);
            length = status == OperationStatus.Done ? length : 0;
        }

        if (length == 0 || length > PieceAutomaton.MaxPieceLength)
        {
            Fail(json, at, name, "the key " + Show(key), "the Base64 form of a piece of 1 to 65535 bytes");
        }

        int start = pieces.WrittenCount;
        pieces.Advance(length);
        Expect(ref reader, JsonTokenType.StartArray, json, name, "[id, text, count]");
        Expect(ref reader, JsonTokenType.Number, json, name, "the id of the piece");
        if (!reader.TryGetInt32(out int id))
        {
            Fail(json, reader.TokenStartIndex, name, "id " + Show(reader.ValueSpan), "a whole number of 31 bits");
        }

        // The text is lossy and never needed: the key has the bytes. But no writer of JSON leaves broken characters.
        Expect(ref reader, JsonTokenType.String, json, name, "the text of the piece");
        if (!System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
        {
            Fail(json, reader.TokenStartIndex, name, "the text " + Show(reader.ValueSpan) + " of bytes that are no characters", "valid UTF-8");
        }

        Expect(ref reader, JsonTokenType.Number, json, name, "the count of the piece");
        if (!reader.TryGetInt64(out long count) || count < 1)
        {
            Fail(json, reader.TokenStartIndex, name, "count " + Show(reader.ValueSpan), "a whole number of 63 bits, 1 or more");
        }

        Expect(ref reader, JsonTokenType.EndArray, json, name, "the end of [id, text, count]");
        return new BytePieceEntry(at, start, length, id, count);
    }

    // Checks ids and order, and puts the pieces in the order of their ids.
    private static Vocabulary Arrange(List<BytePieceEntry> entries, ReadOnlySpan<byte> pieces, byte[] json, string name)
    {
        byte[] blob = new byte[pieces.Length];
        int[] ends = new int[entries.Count];
        long[] counts = new long[entries.Count];
        int end = 0;
        long total = 0;
        ReadOnlySpan<byte> previous = [];
        for (int i = 0; i < ends.Length; i++)
        {
            BytePieceEntry entry = entries[i];
            if (entry.Id != Vocabulary.FirstPieceId + i)
            {
                Fail(json, entry.Place, name, "id " + Number(entry.Id), "each id from 3 once; the next is " + Number(Vocabulary.FirstPieceId + i));
            }

            ReadOnlySpan<byte> piece = pieces.Slice(entry.Start, entry.Length);
            if (i > 0 && Vocabulary.Compare(previous, piece) >= 0)
            {
                Fail(json, entry.Place, name, "piece 0x" + Throw.Hex(piece) + " with id " + Number(entry.Id) + " after 0x" + Throw.Hex(previous),
                    "distinct pieces with ids in order of (length, bytes)");
            }

            if (entry.Count > long.MaxValue - total)
            {
                Fail(json, entry.Place, name, "count " + Number(entry.Count), "counts whose sum fits into 63 bits");
            }

            total += entry.Count;
            piece.CopyTo(blob.AsSpan(end));
            end += piece.Length;
            ends[i] = end;
            counts[i] = entry.Count;
            previous = piece;
        }

        int missing = Vocabulary.FirstMissingByte(blob, ends);
        if (missing >= 0)
        {
            Fail(json, json.Length, name, "no piece for the single byte 0x" + missing.ToString("X2", CultureInfo.InvariantCulture), "all 256 single bytes");
        }

        return new Vocabulary(blob, ends, counts);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, byte[] json, string name, string expected)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            Fail(json, reader.TokenStartIndex, name, reader.ValueSpan.IsEmpty ? reader.TokenType.ToString() : Show(reader.ValueSpan), expected);
        }
    }

    private static void Fail(byte[] json, long at, string name, string found, string expected)
    {
        int line = 1 + json.AsSpan(0, (int)Math.Min(at, json.Length)).Count((byte)'\n');
        Throw.Format(name, "line " + Number(line), found, expected, Remedy);
    }

    private static string Show(ReadOnlySpan<byte> utf8) =>
        "'" + Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 60)]) + (utf8.Length > 60 ? "…'" : "'");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void WriteBase64(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> piece)
    {
        Base64.EncodeToUtf8(piece, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(piece.Length)), out _, out int written);
        output.Advance(written);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    // Python: piece.decode(errors='ignore') and the escapes of json without ensure_ascii.
    private static void WriteText(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(piece, out Rune rune, out int length);
            if (status == OperationStatus.Done)
            {
                WriteRune(output, rune, piece[..length]);
            }

            piece = piece[length..];
        }
    }

    private static void WriteRune(ArrayBufferWriter<byte> output, Rune rune, ReadOnlySpan<byte> utf8)
    {
        switch (rune.Value)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case '\f':
                output.Write("\\f"u8);
                break;
            case '\b':
                output.Write("\\b"u8);
                break;
            case < 0x20:
                output.Write("\\u00"u8);
                Span<byte> hex = output.GetSpan(2);
                hex[0] = (byte)('0' + (rune.Value >> 4));
                hex[1] = "0123456789abcdef"u8[rune.Value & 15];
                output.Advance(2);
                break;
            default:
                output.Write(utf8);
                break;
        }
    }
}
