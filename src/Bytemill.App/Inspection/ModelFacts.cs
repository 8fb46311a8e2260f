using System.Text.Encodings.Web;
using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>What a model is: its ids, options, lengths and special tokens.</summary>
internal static class ModelFacts
{
    private const int ShownNames = 20;
    private const int ShownPieces = 12;
    private const int BarWidth = 40;

    public static void Write(TokenizerModel model, string path, TextWriter output)
    {
        Vocabulary vocabulary = model.Vocabulary;
        ModelOptions options = model.Options;
        long[] ofLength = CountLengths(vocabulary);
        Row(output, "model", path);
        Row(output, "sha-256", model.Hash);
        Row(output, "ids", Units.Format($"{Units.Count(model.IdCount)}: 3 built in, {Units.Count(vocabulary.Count - Vocabulary.FirstPieceId)} pieces, {Units.Count(model.SpecialTokens.UserDefined.Length)} special tokens of the user"));
        Row(output, "trained on", Units.Format($"{Units.Count(vocabulary.TotalCount)} tokens, {BytesPerToken(vocabulary):0.000} bytes each"));
        Row(output, "encoding", Units.Format($"normalization {(options.Normalization == TextNormalization.Nfc ? "nfc" : "none")} (Unicode {(options.UnicodeVersion.Length == 0 ? "not known" : options.UnicodeVersion)}), {(options.IsolateDigits ? "each digit alone" : "digits as other text")}"));
        Row(output, "training", Units.Format($"order {Known(options.Order)}, min count {Known(options.MinCount)}, max piece length {Known(options.MaxPieceLength)}, max vocabulary size {Known(options.MaxVocabSize)}, {(options.EnsureUnicode ? "pieces begin at characters" : "pieces may begin inside characters")}"));
        Row(output, "special", Special(model));
        Row(output, "most frequent", string.Join("  ", MostFrequent(vocabulary).Select(id => PieceText.Show(vocabulary.GetPiece(id)))));
        output.WriteLine();
        output.WriteLine("bytes    pieces");
        long most = ofLength.Max();
        for (int length = 1; length < ofLength.Length; length++)
        {
            output.WriteLine(Units.Format($"{length,5}  {Units.Count(ofLength[length]),8}  {new string('█', (int)Math.Ceiling((double)BarWidth * ofLength[length] / most))}").TrimEnd());
        }
    }

    public static void WriteJson(TokenizerModel model, string path, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        ModelOptions options = model.Options;
        json.WriteStartObject();
        json.WriteString("model", path);
        json.WriteString("hash", model.Hash);
        json.WriteNumber("ids", model.IdCount);
        json.WriteNumber("pieces", model.Vocabulary.Count - Vocabulary.FirstPieceId);
        json.WriteNumber("trained_tokens", model.Vocabulary.TotalCount);
        json.WriteNumber("trained_bytes_per_token", BytesPerToken(model.Vocabulary));
        json.WriteString("normalization", options.Normalization == TextNormalization.Nfc ? "nfc" : "none");
        json.WriteString("unicode_version", options.UnicodeVersion);
        json.WriteBoolean("isolate_digits", options.IsolateDigits);
        json.WriteBoolean("ensure_unicode", options.EnsureUnicode);
        json.WriteNumber("order", options.Order);
        json.WriteNumber("min_count", options.MinCount);
        json.WriteNumber("max_piece_length", options.MaxPieceLength);
        json.WriteNumber("max_vocab_size", options.MaxVocabSize);
        json.WriteStartObject("special_tokens");
        foreach (string name in model.SpecialTokens.Names)
        {
            model.SpecialTokens.TryGetId(name, out int id);
            json.WriteNumber(name, id);
        }

        json.WriteEndObject();
        json.WriteStartArray("pieces_of_length");
        foreach (long count in CountLengths(model.Vocabulary).AsSpan(1))
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static long[] CountLengths(Vocabulary vocabulary)
    {
        long[] ofLength = new long[vocabulary.LongestPiece + 1];
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            ofLength[vocabulary.GetPiece(id).Length]++;
        }

        return ofLength;
    }

    private static double BytesPerToken(Vocabulary vocabulary)
    {
        Int128 bytes = 0;
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            bytes += (Int128)vocabulary.GetPiece(id).Length * vocabulary.GetCount(id);
        }

        return (double)bytes / vocabulary.TotalCount;
    }

    private static int[] MostFrequent(Vocabulary vocabulary)
    {
        int[] ids = [.. Enumerable.Range(Vocabulary.FirstPieceId, vocabulary.Count - Vocabulary.FirstPieceId)];
        Array.Sort(ids, (a, b) => vocabulary.GetCount(a) != vocabulary.GetCount(b) ? vocabulary.GetCount(b).CompareTo(vocabulary.GetCount(a)) : a.CompareTo(b));
        return ids[..Math.Min(ShownPieces, ids.Length)];
    }

    private static string Special(TokenizerModel model)
    {
        IEnumerable<string> shown = model.SpecialTokens.Names.Take(ShownNames).Select(name =>
        {
            model.SpecialTokens.TryGetId(name, out int id);
            return Units.Format($"{name} {id}");
        });
        int left = model.SpecialTokens.UserDefined.Length + Vocabulary.FirstPieceId - ShownNames;
        return string.Join(", ", shown) + (left > 0 ? Units.Format($" and {Units.Count(left)} more") : "");
    }

    private static string Known(long value) => value == 0 ? "not known" : Units.Count(value);

    private static void Row(TextWriter output, string name, string value) => output.WriteLine($"{name,-14} {value}");
}
