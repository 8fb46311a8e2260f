using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Writes models as tab-separated text, a line for each id, and reads them.</summary>
/// <remarks>
/// UTF-8: a line <c># bytemill vocabulary 1</c>, lines <c># key=value</c> of options, the heads of the columns, then
/// <c>id, piece, count, score</c> in order of the ids. In a piece, <c>\\</c> is a backslash and <c>\xHH</c> a byte; the count
/// of a special token is 0 and its score empty. Scores are written so that the same double is read back.
/// </remarks>
public static class TsvFormat
{
    private const string Title = "# bytemill vocabulary 1";
    private const string Columns = "id\tpiece\tcount\tscore";
    private const string Remedy = "See 'TSV' in docs/formats.md.";
    private const int FlushAtBytes = 1 << 16;

    /// <summary>Writes a table of pieces and scores.</summary>
    public static void Write(TokenizerModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        var output = new ArrayBufferWriter<byte>(FlushAtBytes * 2);
        WriteLine(Title);
        foreach (string option in OptionLines.Format(model.Options))
        {
            WriteLine("# " + option);
        }

        WriteLine(Columns);
        for (int id = 0; id < model.IdCount; id++)
        {
            string number = Number(id);
            if (model.SpecialTokens.TryGetName(id, out string name))
            {
                WriteLine($"{number}\t{PieceEscapes.Escape(Encoding.UTF8.GetBytes(name))}\t0\t");
                continue;
            }

            Vocabulary vocabulary = model.Vocabulary;
            WriteLine($"{number}\t{PieceEscapes.Escape(vocabulary.GetPiece(id))}\t{Number(vocabulary.GetCount(id))}\t{Score(vocabulary, id)}");
        }

        stream.Write(output.WrittenSpan);

        void WriteLine(string line)
        {
            Encoding.UTF8.GetBytes(line, output);
            output.Write("\n"u8);
            if (output.WrittenCount >= FlushAtBytes)
            {
                stream.Write(output.WrittenSpan);
                output.ResetWrittenCount();
            }
        }
    }

    /// <summary>Reads a table. The counts decide; scores may be left empty, and must follow from the counts where they are not.</summary>
    /// <param name="stream">The table; read to its end. Lines may end as on Windows, and a byte order mark may come first.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <exception cref="ModelFormatException">The stream is no such table.</exception>
    public static TokenizerModel Read(Stream stream, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Parse(ModelBytes.Read(stream, name, CheckHead), name);
    }

    /// <summary>Whether a file begins with the title.</summary>
    internal static bool LooksLikeThis(ReadOnlySpan<byte> head) => WithoutMark(head).StartsWith("# bytemill vocabulary "u8);

    internal static TokenizerModel Parse(byte[] file, string name)
    {
        CheckHead(file, name);
        var lines = new TsvLines(WithoutMark(file), name, Remedy);
        lines.Read();
        if (!lines.Line.SequenceEqual("# bytemill vocabulary 1"u8))
        {
            lines.Fail(Show(lines.Line), "'" + Title + "'");
        }

        var options = new ModelOptions();
        while (lines.Read() && lines.Line.StartsWith("# "u8))
        {
            if (!OptionLines.TryApply(Encoding.UTF8.GetString(lines.Line[2..]), ref options))
            {
                lines.Fail(Show(lines.Line), "'# key=value' of docs/model-format.md, or the heads of the columns");
            }
        }

        if (!lines.Line.SequenceEqual("id\tpiece\tcount\tscore"u8))
        {
            lines.Fail(Show(lines.Line), "the heads of the columns: id, piece, count, score, with tabs between them");
        }

        return ReadRows(ref lines, options, name);
    }

    private static TokenizerModel ReadRows(ref TsvLines lines, ModelOptions options, string name)
    {
        var pieces = new PieceListBuilder();
        var scores = new List<(int Line, double Score)>();
        var special = ImmutableArray.CreateBuilder<string>();
        var piece = new ArrayBufferWriter<byte>();
        for (int id = 0; lines.Read(); id++)
        {
            ReadRow(ref lines, id, piece, out long count, out double score);
            if (count == 0)
            {
                TakeSpecial(ref lines, id, piece.WrittenSpan, special);
                continue;
            }

            if (id < Vocabulary.FirstPieceId || special.Count > 0)
            {
                lines.Fail("count " + Number(count), "count 0, of a special token");
            }

            if (pieces.Add(piece.WrittenSpan, count) is { } fault)
            {
                lines.Fail(fault.Found, fault.Expected);
            }

            scores.Add((lines.Number, score));
        }

        Vocabulary? vocabulary = pieces.Build(out int missing);
        if (vocabulary is null)
        {
            lines.Fail("no piece for the single byte 0x" + missing.ToString("X2", CultureInfo.InvariantCulture), "all 256 single bytes");
        }

        for (int i = 0; i < scores.Count; i++)
        {
            double expected = vocabulary!.GetScore(Vocabulary.FirstPieceId + i);
            if (!double.IsNaN(scores[i].Score) && scores[i].Score != expected)
            {
                Throw.Format(name, "line " + Number(scores[i].Line), "score " + scores[i].Score.ToString("R", CultureInfo.InvariantCulture),
                    expected.ToString("R", CultureInfo.InvariantCulture) + ", ln of the count over all counts", "Leave the scores empty after a change of counts.");
            }
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

    private static void ReadRow(ref TsvLines lines, int id, ArrayBufferWriter<byte> piece, out long count, out double score)
    {
        ReadOnlySpan<byte> row = lines.Line;
        Span<Range> columns = stackalloc Range[5];
        int found = 0;
        foreach (Range column in row.Split((byte)'\t'))
        {
            if (found < columns.Length)
            {
                columns[found] = column;
            }

            found++;
        }

        if (found is < 3 or > 4)
        {
            lines.Fail(Number(found) + " columns", "id, piece, count and score, with tabs between them");
        }

        ReadOnlySpan<byte> value = row[columns[0]];
        if (!Utf8Parser.TryParse(value, out int number, out int used) || used != value.Length || number != id)
        {
            lines.Fail("id " + Show(value), Number(id) + ", since every id has a line in order");
        }

        piece.ResetWrittenCount();
        if (!PieceEscapes.TryUnescape(row[columns[1]], piece))
        {
            lines.Fail("piece " + Show(row[columns[1]]), @"'\\' for a backslash and '\xHH' for a byte");
        }

        value = row[columns[2]];
        if (!Utf8Parser.TryParse(value, out count, out used) || used != value.Length || count < 0)
        {
            lines.Fail("count " + Show(value), "a whole number of 63 bits, 1 or more, or 0 for a special token");
        }

        score = double.NaN;
        value = found == 4 ? row[columns[3]] : [];
        if (!value.IsEmpty && (!Utf8Parser.TryParse(value, out score, out used) || used != value.Length || !double.IsFinite(score) || count == 0))
        {
            lines.Fail("score " + Show(value), count == 0 ? "nothing, as for every special token" : "a finite number, or nothing");
        }
    }

    private static void TakeSpecial(ref TsvLines lines, int id, ReadOnlySpan<byte> utf8, ImmutableArray<string>.Builder special)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            lines.Fail("a special token of bytes 0x" + Throw.Hex(utf8), "valid UTF-8");
        }

        string name = Encoding.UTF8.GetString(utf8);
        if (id >= Vocabulary.FirstPieceId)
        {
            special.Add(name);
            return;
        }

        string expected = id switch { Vocabulary.PadId => "<pad>", Vocabulary.BosId => "<bos>", _ => "<eos>" };
        if (name != expected)
        {
            lines.Fail("special token '" + name + "'", "'" + expected + "' with id " + Number(id));
        }
    }

    private static void CheckHead(ReadOnlySpan<byte> head, string name)
    {
        if (!LooksLikeThis(head))
        {
            Throw.Format(name, "line 1", head.IsEmpty ? "an empty file" : Show(head), "'" + Title + "'", Remedy);
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> file) => file.StartsWith("\uFEFF"u8) ? file[3..] : file;

    private static string Score(Vocabulary vocabulary, int id) => vocabulary.GetScore(id).ToString("R", CultureInfo.InvariantCulture);

    private static string Show(ReadOnlySpan<byte> utf8) =>
        "'" + Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 60)]) + (utf8.Length > 60 ? "…'" : "'");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
