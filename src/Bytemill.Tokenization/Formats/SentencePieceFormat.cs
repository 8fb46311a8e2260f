using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Writes models as SentencePiece <c>.model</c> files (unigram with byte fallback), and reads back what it wrote.</summary>
/// <remarks>
/// Ids are those of the model. Single bytes from 0x80 on and 0x00 are byte pieces; special tokens are control pieces, which
/// no text can spell; SentencePiece's own <c>&lt;unk&gt;</c> and the byte pieces of ASCII, which it asks for, follow behind the
/// model's ids and are never used. Spaces stay spaces. Scores become 32-bit floats. Counts and options stand in extension
/// fields 200, which other readers pass over. <c>docs/formats.md</c> lists where results may differ.
/// </remarks>
public static class SentencePieceFormat
{
    private const string Remedy = "Only a SentencePiece model written by Bytemill can be imported: others hold 32-bit scores without counts, "
        + "from which the same decisions cannot be had. See docs/formats.md.";

    private const int FlushAtBytes = 1 << 16;
    private const int ModelPieces = 1;
    private const int ModelTrainer = 2;
    private const int ModelNormalizer = 3;
    private const int PieceText = 1;
    private const int PieceScore = 2;
    private const int PieceType = 3;

    // Of ModelProto: lines of options. Of SentencePiece: the count. Both messages leave 200 and above to extensions.
    private const int Extension = 200;
    private const int FirstNonAscii = 0x80;

    /// <summary>Writes a SentencePiece model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stream">Receives the file.</param>
    /// <param name="leaveOutUnsupported">Whether pieces that the format cannot hold become ids that are never used; else they are an error.</param>
    /// <returns>Number of pieces left out.</returns>
    /// <exception cref="ModelExportException">
    /// A piece of several bytes is no valid UTF-8 or has a zero byte, and is not to be left out; or a special token has the name of one of SentencePiece's.
    /// </exception>
    public static int Write(TokenizerModel model, Stream stream, bool leaveOutUnsupported = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        int unsupported = CountUnsupported(model.Vocabulary, out int first);
        if (unsupported > 0 && !leaveOutUnsupported)
        {
            throw new ModelExportException($"{Number(unsupported)} pieces are no valid UTF-8 or have a zero byte, which SentencePiece cannot hold; the first is id {Number(first)} "
                + $"(0x{Throw.Hex(model.Vocabulary.GetPiece(first))}). Train with ensure_unicode, or leave them out.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var output = new ArrayBufferWriter<byte>(FlushAtBytes * 2);
        var scratch = new ArrayBufferWriter<byte>();
        for (int id = 0; id < Vocabulary.FirstPieceId; id++)
        {
            WriteNamed(NameOf(model, id), SentencePieceType.Control);
        }

        for (int id = Vocabulary.FirstPieceId; id < model.Vocabulary.Count; id++)
        {
            ReadOnlySpan<byte> piece = model.Vocabulary.GetPiece(id);
            SentencePieceType type = TypeOf(piece, model.Options.IsolateDigits);
            float score = (float)model.Vocabulary.GetScore(id);
            if (type is SentencePieceType.Byte or SentencePieceType.Control)
            {
                WriteNamed($"<0x{Convert.ToHexString(piece)}>", type, score, model.Vocabulary.GetCount(id));
            }
            else
            {
                WritePiece(piece, type, score, model.Vocabulary.GetCount(id));
            }
        }

        foreach (string name in model.SpecialTokens.UserDefined)
        {
            WriteNamed(name, SentencePieceType.Control);
        }

        for (int value = 1; value < FirstNonAscii; value++)
        {
            WriteNamed($"<0x{value:X2}>", SentencePieceType.Byte);
        }

        const string Unknown = "<unk>";
        WriteNamed(Unknown, SentencePieceType.Unknown);
        WriteTrainer(model, Unknown, scratch);
        ProtobufWriter.WriteBytes(output, ModelTrainer, scratch.WrittenSpan);
        scratch.ResetWrittenCount();
        WriteNormalizer(scratch);
        ProtobufWriter.WriteBytes(output, ModelNormalizer, scratch.WrittenSpan);
        foreach (string line in OptionLines.Format(model.Options))
        {
            ProtobufWriter.WriteString(output, Extension, line);
        }

        stream.Write(output.WrittenSpan);
        return unsupported;

        void WriteNamed(string name, SentencePieceType type, float score = 0, long count = 0)
        {
            if (!names.Add(name))
            {
                throw new ModelExportException($"The special token '{name}' has the name of a piece that SentencePiece needs. Give it another name.");
            }

            WritePiece(Encoding.UTF8.GetBytes(name), type, score, count);
        }

        void WritePiece(ReadOnlySpan<byte> text, SentencePieceType type, float score, long count)
        {
            scratch.ResetWrittenCount();
            ProtobufWriter.WriteBytes(scratch, PieceText, text);
            ProtobufWriter.WriteFloat(scratch, PieceScore, score);
            ProtobufWriter.WriteInt64(scratch, PieceType, (int)type);
            if (count > 0)
            {
                ProtobufWriter.WriteInt64(scratch, Extension, count);
            }

            ProtobufWriter.WriteBytes(output, ModelPieces, scratch.WrittenSpan);
            scratch.ResetWrittenCount();
            if (output.WrittenCount >= FlushAtBytes)
            {
                stream.Write(output.WrittenSpan);
                output.ResetWrittenCount();
            }
        }
    }

    /// <summary>Reads a model that <see cref="Write"/> wrote; writing it again gives its bytes.</summary>
    /// <param name="stream">The file; read to its end.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The stream is no such file, or was changed.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(ModelBytes.Read(stream, name, CheckHead), name);
    }

    /// <summary>Whether a file begins with a piece, as every SentencePiece model does.</summary>
    internal static bool LooksLikeThis(ReadOnlySpan<byte> head)
    {
        // Tag of the pieces, a length of one or two bytes, tag of the text, and its length.
        int at = head.Length > 1 && head[1] >= 0x80 ? 3 : 2;
        return head.Length > at + 1 && head[0] == ((ModelPieces << 3) | 2) && head[at] == ((PieceText << 3) | 2)
            && (at == 3 || head[at + 1] < head[1]);
    }

    internal static TokenizerModel Parse(byte[] file, string name)
    {
        CheckHead(file, name);
        TokenizerModel model = ReadModel(file, name, out bool leftOut);
        ExportCheck.Same(file, model, (m, stream) => Write(m, stream, leftOut), name);
        return model;
    }

    private static void CheckHead(ReadOnlySpan<byte> head, string name)
    {
        if (!LooksLikeThis(head))
        {
            string found = head.IsEmpty ? "an empty file" : "bytes " + Throw.Hex(head[..Math.Min(head.Length, 16)]);
            Throw.Format(name, "byte 0", found, "the first piece of a SentencePiece model", Remedy);
        }
    }

    private static TokenizerModel ReadModel(ReadOnlySpan<byte> file, string name, out bool leftOut)
    {
        var pieces = new PieceListBuilder();
        var special = ImmutableArray.CreateBuilder<string>();
        var options = new ModelOptions();
        leftOut = false;
        int id = 0;
        bool isVocabulary = true;
        var reader = new ProtobufReader(file, 0, name);
        while (reader.Read())
        {
            if (reader.Field == Extension)
            {
                if (!OptionLines.TryApply(Encoding.UTF8.GetString(reader.Bytes), ref options))
                {
                    reader.Fail("option '" + Encoding.UTF8.GetString(reader.Bytes[..Math.Min(reader.Bytes.Length, 60)]) + "'", "a 'key=value' of docs/model-format.md");
                }
            }

            if (reader.Field != ModelPieces)
            {
                continue;
            }

            ReadPiece(ref reader, name, out ReadOnlySpan<byte> text, out SentencePieceType type, out long count);
            if (id < Vocabulary.FirstPieceId + 256 && id >= Vocabulary.FirstPieceId && count == 0)
            {
                Throw.Format(name, "piece " + Number(id), "no count", "the counts that Bytemill writes", Remedy);
            }

            isVocabulary &= id < Vocabulary.FirstPieceId || count > 0;
            if (!isVocabulary && type == SentencePieceType.Control)
            {
                special.Add(Encoding.UTF8.GetString(text));
            }
            else if (isVocabulary && id >= Vocabulary.FirstPieceId)
            {
                leftOut |= type == SentencePieceType.Control;
                AddPiece(pieces, text, type, count, ref reader);
            }

            id++;
        }

        Vocabulary? vocabulary = pieces.Build(out int missing);
        if (vocabulary is null)
        {
            Throw.Format(name, "the end", "no piece for the single byte 0x" + missing.ToString("X2", CultureInfo.InvariantCulture), "all 256 single bytes", Remedy);
        }

        try
        {
            return new TokenizerModel(vocabulary!, options, special);
        }
        catch (ArgumentException error)
        {
            throw Throw.Unfit(name, error);
        }
    }

    private static void ReadPiece(ref ProtobufReader reader, string name, out ReadOnlySpan<byte> text, out SentencePieceType type, out long count)
    {
        text = [];
        type = SentencePieceType.Normal;
        count = 0;
        var piece = new ProtobufReader(reader.Bytes, reader.BytesStart, name);
        while (piece.Read())
        {
            switch (piece.Field)
            {
                case PieceText:
                    text = piece.Bytes;
                    break;
                case PieceType:
                    type = (SentencePieceType)Math.Min(piece.Varint, int.MaxValue);
                    break;
                case Extension when piece.Varint is > 0 and <= long.MaxValue:
                    count = (long)piece.Varint;
                    break;
                case Extension:
                    piece.Fail("count " + piece.Varint.ToString(CultureInfo.InvariantCulture), "1 or more, of 63 bits");
                    break;
            }
        }
    }

    private static void AddPiece(PieceListBuilder pieces, scoped ReadOnlySpan<byte> text, SentencePieceType type, long count, ref ProtobufReader reader)
    {
        scoped ReadOnlySpan<byte> piece = text;
        if (type is SentencePieceType.Byte or SentencePieceType.Control)
        {
            byte[] bytes = new byte[Math.Max(0, text.Length - 4) / 2];
            bool isHex = text.StartsWith("<0x"u8) && text.EndsWith(">"u8)
                && Convert.FromHexString(text[3..^1], bytes, out int read, out int written) == OperationStatus.Done && written == bytes.Length && read == text.Length - 4;
            if (!isHex)
            {
                reader.Fail("a piece of type " + type + " with the text 0x" + Throw.Hex(text), "its bytes as '<0x…>'");
            }

            piece = bytes;
        }

        if (pieces.Add(piece, count) is { } fault)
        {
            reader.Fail(fault.Found, fault.Expected);
        }
    }

    private static void WriteTrainer(TokenizerModel model, string unknown, ArrayBufferWriter<byte> output)
    {
        int count = model.IdCount + FirstNonAscii;
        ProtobufWriter.WriteInt64(output, 3, 1);
        ProtobufWriter.WriteInt64(output, 4, count);
        ProtobufWriter.WriteBool(output, 35, true);
        ProtobufWriter.WriteInt64(output, 40, count - 1);
        ProtobufWriter.WriteInt64(output, 41, Vocabulary.BosId);
        ProtobufWriter.WriteInt64(output, 42, Vocabulary.EosId);
        ProtobufWriter.WriteInt64(output, 43, Vocabulary.PadId);
        ProtobufWriter.WriteString(output, 45, unknown);
        ProtobufWriter.WriteString(output, 46, NameOf(model, Vocabulary.BosId));
        ProtobufWriter.WriteString(output, 47, NameOf(model, Vocabulary.EosId));
        ProtobufWriter.WriteString(output, 48, NameOf(model, Vocabulary.PadId));
    }

    // Text is taken as it is: no table of characters, no space in front, all spaces kept, and kept as spaces.
    private static void WriteNormalizer(ArrayBufferWriter<byte> output)
    {
        ProtobufWriter.WriteString(output, 1, "identity");
        ProtobufWriter.WriteBool(output, 3, false);
        ProtobufWriter.WriteBool(output, 4, false);
        ProtobufWriter.WriteBool(output, 5, false);
    }

    private static SentencePieceType TypeOf(ReadOnlySpan<byte> piece, bool isolateDigits)
    {
        if (piece.Length == 1)
        {
            return piece[0] is 0 or >= FirstNonAscii ? SentencePieceType.Byte : SentencePieceType.Normal;
        }

        if (!IsSupported(piece))
        {
            return SentencePieceType.Control;
        }

        // A piece over the edge of chunks is never found by us; SentencePiece knows no chunks.
        return ChunkSplitter.NextEncodingChunk(piece, isolateDigits) < piece.Length ? SentencePieceType.Unused : SentencePieceType.Normal;
    }

    private static bool IsSupported(ReadOnlySpan<byte> piece) => !piece.Contains((byte)0) && System.Text.Unicode.Utf8.IsValid(piece);

    private static int CountUnsupported(Vocabulary vocabulary, out int first)
    {
        first = 0;
        int count = 0;
        for (int id = vocabulary.Count - 1; id >= Vocabulary.FirstPieceId + 256; id--)
        {
            if (!IsSupported(vocabulary.GetPiece(id)))
            {
                first = id;
                count++;
            }
        }

        return count;
    }

    private static string NameOf(TokenizerModel model, int id) => model.SpecialTokens.TryGetName(id, out string name) ? name : "";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
