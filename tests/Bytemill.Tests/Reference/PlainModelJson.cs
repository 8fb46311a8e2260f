using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bytemill.Tests;

/// <summary>The reference's model file: <c>json.dump(…, indent=4, ensure_ascii=False)</c> of base64 piece → [id, text, count].</summary>
internal static class PlainModelJson
{
    /// <summary>Pieces in the order of their ids, which begin at 3: by length, then bytes.</summary>
    public static List<string> InIdOrder(IEnumerable<string> pieces) =>
        [.. pieces.OrderBy(piece => piece.Length).ThenBy(piece => piece, StringComparer.Ordinal)];

    public static string Write(IReadOnlyDictionary<string, long> pieces)
    {
        IEnumerable<string> entries = InIdOrder(pieces.Keys).Select((piece, index) => string.Create(
            CultureInfo.InvariantCulture,
            $"    \"{Base64(piece)}\": [\n        {index + 3},\n        {Quote(LossyText(piece))},\n        {pieces[piece]}\n    ]"));
        return "{\n" + string.Join(",\n", entries) + "\n}";
    }

    public static Dictionary<string, long> Read(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            entry => Encoding.Latin1.GetString(Convert.FromBase64String(entry.Name)),
            entry => entry.Value[2].GetInt64());
    }

    private static string Base64(string piece) => Convert.ToBase64String(Encoding.Latin1.GetBytes(piece));

    /// <summary>The well-formed UTF-8 characters of a piece; every other byte is left out.</summary>
    private static string LossyText(string piece)
    {
        StringBuilder text = new();
        ReadOnlySpan<byte> rest = Encoding.Latin1.GetBytes(piece);
        while (!rest.IsEmpty)
        {
            bool wellFormed = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done;
            text.Append(wellFormed ? rune.ToString() : "");
            rest = rest[consumed..];
        }

        return text.ToString();
    }

    private static string Quote(string text)
    {
        IEnumerable<string> characters = text.Select(character => character switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\b' => "\\b",
            '\f' => "\\f",
            < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            _ => character.ToString(),
        });
        return "\"" + string.Concat(characters) + "\"";
    }
}
