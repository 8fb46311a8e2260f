using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>A report for machines; fields in a fixed order, numbers in full.</summary>
internal static class EvaluationJson
{
    public const string Format = "bytemill-eval-1";

    public static void Write(EvaluationReport report, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        TokenTotals corpus = report.Models[0].Usage.Totals;
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("files", report.Files);
        json.WriteNumber("texts", corpus.Texts);
        json.WriteNumber("text_bytes", corpus.TextBytes);
        json.WriteNumber("characters", corpus.Characters);
        json.WriteString("group_column", report.GroupColumn);
        json.WriteStartArray("models");
        foreach (ModelEvaluation model in report.Models)
        {
            WriteModel(json, model, report.Shown);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        stream.Write("\n"u8);
    }

    private static void WriteModel(Utf8JsonWriter json, ModelEvaluation model, int shown)
    {
        VocabularyUsage usage = model.Usage;
        json.WriteStartObject();
        json.WriteString("name", model.Name);
        json.WriteString("path", model.Path);
        json.WriteString("hash", model.Model.Hash);
        json.WriteNumber("pieces", model.Model.Vocabulary.Count - Vocabulary.FirstPieceId);
        WriteTotals(json, usage.Totals);
        WriteNumber(json, "renyi_efficiency", usage.RenyiEfficiency);
        json.WriteStartArray("groups");
        foreach ((string name, TokenTotals totals) in model.Groups)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("texts", totals.Texts);
            json.WriteNumber("text_bytes", totals.TextBytes);
            json.WriteNumber("characters", totals.Characters);
            WriteTotals(json, totals);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("lengths");
        for (int length = 1; length < usage.TokensOfLength.Length; length++)
        {
            json.WriteStartObject();
            json.WriteNumber("bytes", length);
            json.WriteNumber("pieces", usage.PiecesOfLength[length]);
            json.WriteNumber("tokens", usage.TokensOfLength[length]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        ImmutableArray<int> unused = usage.FindUnused();
        json.WriteNumber("unused", unused.Length);
        WritePieces(json, "unused_first", model, unused.Take(shown));
        WritePieces(json, "most_used", model, usage.FindMostUsed(shown));
        WritePieces(json, "over_used", model, usage.FindOverUsed(shown));
        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, TokenTotals totals)
    {
        json.WriteNumber("tokens", totals.Tokens);
        WriteNumber(json, "bytes_per_token", totals.BytesPerToken);
        WriteNumber(json, "tokens_per_character", totals.TokensPerCharacter);
        json.WriteNumber("single_byte_tokens", totals.SingleByteTokens);
        WriteNumber(json, "single_byte_share", totals.SingleByteShare);
        json.WriteNumber("fragment_tokens", totals.FragmentTokens);
        WriteNumber(json, "fragment_share", totals.FragmentShare);
    }

    private static void WritePieces(Utf8JsonWriter json, string name, ModelEvaluation model, IEnumerable<int> ids)
    {
        json.WriteStartArray(name);
        foreach (int id in ids)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("hex", Convert.ToHexStringLower(model.Model.Vocabulary.GetPiece(id)));
            json.WriteString("text", EvaluationText.Piece(model.Model.Vocabulary, id));
            json.WriteNumber("tokens", model.Usage.GetCount(id));
            WriteNumber(json, "expected_tokens", model.Usage.ExpectedCount(id));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // JSON has no NaN.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsNaN(value))
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, value);
        }
    }
}
