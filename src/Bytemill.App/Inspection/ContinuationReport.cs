using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>What may come after a prompt, for people and for programs.</summary>
internal static class ContinuationReport
{
    // More ids than these are of no use to the eye.
    private const int ShownIds = 24;

    /// <param name="model">Whose ids these are.</param>
    /// <param name="continuation">What to show.</param>
    /// <param name="top">How many pieces, the most probable first.</param>
    /// <param name="output">Takes UTF-8.</param>
    public static void Write(TokenizerModel model, PromptContinuation continuation, int top, Stream output)
    {
        ContinuationStep next = continuation.Next;
        var text = new StringBuilder();
        int hidden = Math.Max(0, continuation.Kept.Length - ShownIds);
        Row(text, "kept", continuation.Kept.Length, (hidden > 0 ? "…  " : "") + Tokens(model, continuation.Kept.Skip(hidden)));
        Row(text, "held back", next.HeldBack.Length, PieceText.Show(next.HeldBack.Span));
        if (next.HeldBack.IsEmpty)
        {
            text.Append("next        any piece\n");
        }
        else
        {
            Row(text, "extending", next.Extending.Length, MostProbable(model, next.Extending.ToArray(), top));
            Row(text, "prefixes", next.Prefixes.Length, MostProbable(model, [.. next.Prefixes], top));
        }

        output.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>One object, then a newline. Bytes held back are given as text, with U+FFFD for what is none, and in hexadecimal.</summary>
    public static void WriteJson(PromptContinuation continuation, Stream output)
    {
        ContinuationStep next = continuation.Next;
        bool isAny = next.HeldBack.IsEmpty;
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteIds(json, "kept", continuation.Kept.AsSpan());
            json.WriteString("held_back", Encoding.UTF8.GetString(next.HeldBack.Span));
            json.WriteString("held_back_hex", Convert.ToHexStringLower(next.HeldBack.Span));
            json.WriteBoolean("any_next", isAny);
            WriteIds(json, "extending", isAny ? [] : next.Extending.Span);
            WriteIds(json, "prefixes", next.Prefixes.AsSpan());
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteIds(Utf8JsonWriter json, string name, ReadOnlySpan<int> ids)
    {
        json.WriteStartArray(name);
        foreach (int id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }

    private static string MostProbable(TokenizerModel model, int[] ids, int top) =>
        Tokens(model, ids.OrderByDescending(model.Vocabulary.GetScore).ThenBy(id => id).Take(top)) + (ids.Length > top ? "  …" : "");

    private static string Tokens(TokenizerModel model, IEnumerable<int> ids) =>
        string.Join("  ", ids.Select(id => Units.Format($"{id} {PieceText.ShowToken(model, id)}")));

    private static void Row(StringBuilder text, string name, int count, string what) =>
        text.Append(name.PadRight(12)).Append(Units.Count(count)).Append(count > 0 && what.Length > 0 ? ": " : "").Append(what.Trim(' ')).Append('\n');
}
