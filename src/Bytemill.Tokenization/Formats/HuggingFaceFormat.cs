using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bytemill.Tokenization;

/// <summary>Writes models as <c>tokenizer.json</c> of the Hugging Face libraries, and reads back what it wrote.</summary>
/// <remarks>
/// Unigram over byte-level characters: ids, pieces, scores, rule on ties, chunks and normalisation are those of the model.
/// The counts, which the format lacks, stand in a member <c>bytemill_model</c> of the model, which other readers pass over
/// (the native one refuses unknown members at the top).
/// <c>docs/formats.md</c> lists where results may differ.
/// </remarks>
public static class HuggingFaceFormat
{
    private const string OwnMember = "bytemill_model";
    private const string Remedy = "Only a tokenizer.json written by Bytemill can be imported: other files hold scores without counts. See docs/formats.md.";
    private const int FlushAtBytes = 1 << 16;

    // Ids 0 to 2 must stand in the vocabulary. A score below that of any segmentation into bytes keeps them out of text.
    private const int ScoreOfNeverUsed = -10_000;

    // The parser's tables take eight bytes for each of some files, and one array holds them.
    private const int LongestFile = 200_000_000;

    private static readonly string[] s_topLevel =
        ["version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"];

    private static readonly Lazy<string> s_digitPattern = new(CreateDigitPattern);

    /// <summary>Writes <c>tokenizer.json</c>.</summary>
    /// <exception cref="ModelExportException">A special token has the same text as a piece: the format has one id for a text.</exception>
    public static void Write(TokenizerModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        ThrowIfAmbiguous(model);
        var output = new ArrayBufferWriter<byte>(FlushAtBytes * 2);
        WriteText(output, "{\n  \"version\": \"1.0\",\n  \"truncation\": null,\n  \"padding\": null,\n  \"added_tokens\": [");
        int id = 0;
        foreach (string name in model.SpecialTokens.Names)
        {
            model.SpecialTokens.TryGetId(name, out id);
            WriteText(output, (id == 0 ? "\n" : ",\n") + $$"""    {"id": {{Number(id)}}, "content": {{Quote(name)}}, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}""");
        }

        string normalizer = model.Options.Normalization == TextNormalization.Nfc ? "{\"type\": \"NFC\"}" : "null";
        WriteText(output, $$$"""

              ],
              "normalizer": {{{normalizer}}},
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": {{{Quote(ChunkPattern(model.Options.IsolateDigits))}}}}, "behavior": "Isolated", "invert": false},
                {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}
              ]},
              "post_processor": null,
              "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
              "model": {"type": "Unigram", "unk_id": null, "byte_fallback": false, "vocab": [
            """.ReplaceLineEndings("\n"));
        WritePieces(model.Vocabulary, output, stream);
        WriteText(output, "\n  ], \"" + OwnMember + "\": {\"options\": [\"" + string.Join("\", \"", OptionLines.Format(model.Options)) + "\"], \"counts\": [");
        WriteCounts(model.Vocabulary, output, stream);
        WriteText(output, "\n  ]}}\n}\n");
        stream.Write(output.WrittenSpan);
    }

    /// <summary>Writes the <c>tokenizer_config.json</c> that belongs beside it, so that <c>transformers</c> loads the folder.</summary>
    public static void WriteConfig(TokenizerModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Encoding.UTF8.GetBytes($$"""
            {
              "tokenizer_class": "PreTrainedTokenizerFast",
              "pad_token": "<pad>",
              "bos_token": "<bos>",
              "eos_token": "<eos>",
              "additional_special_tokens": [{{string.Join(", ", model.SpecialTokens.UserDefined.Select(Quote))}}],
              "clean_up_tokenization_spaces": false
            }

            """.ReplaceLineEndings("\n")));
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote; writing the model again gives its bytes.</summary>
    /// <param name="stream">JSON; read to its end.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The stream is no such file, or was changed.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(ModelBytes.Read(stream, name, CheckHead), name);
    }

    /// <summary>Whether a file begins as <c>tokenizer.json</c> does, its members in any order.</summary>
    internal static bool LooksLikeThis(ReadOnlySpan<byte> head)
    {
        var reader = new Utf8JsonReader(head, isFinalBlock: false, default);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && s_topLevel.Contains(reader.GetString(), StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    internal static TokenizerModel Parse(byte[] json, string name)
    {
        if (json.Length > LongestFile)
        {
            Throw.Format(name, "the end", Number(json.Length) + " bytes", Number(LongestFile) + " at most", Remedy);
        }

        TokenizerModel model;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            model = ReadModel(document.RootElement, name);
        }
        catch (JsonException error)
        {
            throw JsonFault.Create(error, name, Remedy);
        }

        ExportCheck.Same(json, model, Write, name);
        return model;
    }

    private static void CheckHead(ReadOnlySpan<byte> head, string name)
    {
        if (!LooksLikeThis(head))
        {
            string found = head.IsEmpty ? "an empty file" : "bytes " + Throw.Hex(head[..Math.Min(head.Length, 16)]);
            Throw.Format(name, "byte 0", found, "an object that begins with \"version\": \"1.0\"", Remedy);
        }
    }

    private static TokenizerModel ReadModel(JsonElement root, string name)
    {
        JsonElement model = Member(root, "model", JsonValueKind.Object, name);
        JsonElement vocabulary = Member(model, "vocab", JsonValueKind.Array, name, "model.");
        JsonElement own = Member(model, OwnMember, JsonValueKind.Object, name, "model.");
        JsonElement counts = Member(own, "counts", JsonValueKind.Array, name, OwnMember + ".");
        ModelOptions options = ReadOptions(Member(own, "options", JsonValueKind.Array, name, OwnMember + "."), name);
        int special = Vocabulary.FirstPieceId;
        if (vocabulary.GetArrayLength() != special + counts.GetArrayLength())
        {
            Throw.Format(name, OwnMember + ".counts", Number(counts.GetArrayLength()) + " counts", "one for each piece, " + Number(Math.Max(0, vocabulary.GetArrayLength() - special)), Remedy);
        }

        var pieces = new PieceListBuilder();
        using JsonElement.ArrayEnumerator entries = vocabulary.EnumerateArray();
        for (int i = 0; i < special; i++)
        {
            entries.MoveNext();
        }

        foreach (JsonElement count in counts.EnumerateArray())
        {
            entries.MoveNext();
            string place = "model.vocab[" + Number(special + pieces.Count) + "]";
            JsonElement text = entries.Current.ValueKind == JsonValueKind.Array && entries.Current.GetArrayLength() == 2 ? entries.Current[0] : default;
            byte[]? piece = text.ValueKind == JsonValueKind.String && Text(text) is { } characters ? ByteLevelAlphabet.ToBytes(characters) : null;
            if (piece is null)
            {
                Throw.Format(name, place, Show(entries.Current), "a piece in characters of the byte-level alphabet, and its score", Remedy);
            }

            if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt64(out long number))
            {
                Throw.Format(name, OwnMember + ".counts[" + Number(pieces.Count) + "]", Show(count), "a whole number of 63 bits", Remedy);
                return null!;
            }

            if (pieces.Add(piece, number) is { } fault)
            {
                Throw.Format(name, place, fault.Found, fault.Expected, Remedy);
            }
        }

        Vocabulary? built = pieces.Build(out int missing);
        if (built is null)
        {
            Throw.Format(name, "model.vocab", "no piece for the single byte 0x" + missing.ToString("X2", CultureInfo.InvariantCulture), "all 256 single bytes", Remedy);
        }

        try
        {
            return new TokenizerModel(built!, options, ReadSpecialTokens(Member(root, "added_tokens", JsonValueKind.Array, name), name));
        }
        catch (ArgumentException error)
        {
            throw Throw.Unfit(name + ", added_tokens", error);
        }
    }

    private static ModelOptions ReadOptions(JsonElement lines, string name)
    {
        var options = new ModelOptions();
        foreach (JsonElement line in lines.EnumerateArray())
        {
            if (line.ValueKind != JsonValueKind.String || Text(line) is not { } text || !OptionLines.TryApply(text, ref options))
            {
                Throw.Format(name, OwnMember + ".options", Show(line), "a 'key=value' of docs/model-format.md", Remedy);
            }
        }

        return options;
    }

    private static ImmutableArray<string> ReadSpecialTokens(JsonElement tokens, string name)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement token in tokens.EnumerateArray().Skip(Vocabulary.FirstPieceId))
        {
            JsonElement content = default;
            if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("content", out content) || content.ValueKind != JsonValueKind.String || Text(content) is null)
            {
                Throw.Format(name, "added_tokens", Show(token), "an object with \"content\"", Remedy);
            }

            names.Add(Text(content)!);
        }

        return names.ToImmutable();
    }

    private static JsonElement Member(JsonElement parent, string member, JsonValueKind kind, string name, string path = "")
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(member, out JsonElement value))
        {
            Throw.Format(name, path + member, "nothing", "a member of this name", Remedy);
            return default;
        }

        if (value.ValueKind != kind)
        {
            Throw.Format(name, path + member, Show(value), kind == JsonValueKind.Array ? "an array" : "an object", Remedy);
        }

        return value;
    }

    // Null for a string with a lone surrogate, which GetString refuses.
    private static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Show(JsonElement value)
    {
        // Not GetRawText, which refuses what is not valid UTF-8.
        ReadOnlySpan<byte> raw = value.ValueKind == JsonValueKind.Undefined ? "nothing"u8 : JsonMarshal.GetRawUtf8Value(value);
        return "'" + Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 60)]) + (raw.Length > 60 ? "…'" : "'");
    }

    private static void ThrowIfAmbiguous(TokenizerModel model)
    {
        foreach (string name in model.SpecialTokens.Names)
        {
            if (ByteLevelAlphabet.ToBytes(name) is { } piece && model.Vocabulary.TryGetId(piece, out int id))
            {
                model.SpecialTokens.TryGetId(name, out int special);
                throw new ModelExportException($"The special token '{name}' (id {Number(special)}) has the same text as piece {Number(id)} (0x{Throw.Hex(piece)}) in tokenizer.json, "
                    + "which has one id for a text. Give the special token another name, or train without this text.");
            }
        }
    }

    // The chunks of docs/model-format.md, in a form that never goes back over a line.
    private static string ChunkPattern(bool isolateDigits) => isolateDigits ? s_digitPattern.Value : @"[^\n]+\n*|\n+";

    // The digits are written out, since other implementations have other versions of Unicode.
    private static string CreateDigitPattern()
    {
        var digits = new StringBuilder();
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!UnicodeData.IsDecimalDigit(codePoint))
            {
                continue;
            }

            int last = codePoint;
            while (UnicodeData.IsDecimalDigit(last + 1))
            {
                last++;
            }

            digits.Append(new Rune(codePoint)).Append('-').Append(new Rune(last));
            codePoint = last;
        }

        return $@"[{digits}]|[^\n{digits}]+\n*|\n+";
    }

    private static void WritePieces(Vocabulary vocabulary, ArrayBufferWriter<byte> output, Stream stream)
    {
        for (int id = 0; id < vocabulary.Count; id++)
        {
            WriteText(output, id == 0 ? "\n    [\"" : ",\n    [\"");
            if (id < Vocabulary.FirstPieceId)
            {
                WriteText(output, id switch { Vocabulary.PadId => "<pad>", Vocabulary.BosId => "<bos>", _ => "<eos>" });
                WriteText(output, "\", " + Number(ScoreOfNeverUsed) + ".0]");
                continue;
            }

            WriteJsonText(vocabulary.GetPiece(id), output);
            WriteText(output, "\", " + ExactDecimal.Format(vocabulary.GetScore(id)) + "]");
            Flush(output, stream);
        }
    }

    private static void WriteCounts(Vocabulary vocabulary, ArrayBufferWriter<byte> output, Stream stream)
    {
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            int index = id - Vocabulary.FirstPieceId;
            WriteText(output, (index == 0 ? "\n    " : index % 16 == 0 ? ",\n    " : ", ") + Number(vocabulary.GetCount(id)));
            Flush(output, stream);
        }
    }

    // Of the alphabet, two characters mean something in JSON.
    private static void WriteJsonText(ReadOnlySpan<byte> piece, ArrayBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            int special = piece.IndexOfAny((byte)'"', (byte)'\\');
            int length = special < 0 ? piece.Length : special;
            ByteLevelAlphabet.Write(piece[..length], output);
            piece = piece[length..];
            if (!piece.IsEmpty)
            {
                output.Write([(byte)'\\', piece[0]]);
                piece = piece[1..];
            }
        }
    }

    private static void Flush(ArrayBufferWriter<byte> output, Stream stream)
    {
        if (output.WrittenCount >= FlushAtBytes)
        {
            stream.Write(output.WrittenSpan);
            output.ResetWrittenCount();
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    private static string Quote(string text) => "\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text) + "\"";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
