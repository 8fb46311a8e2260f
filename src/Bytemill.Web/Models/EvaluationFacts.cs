using System.Collections.Immutable;
using System.Text.Json;
using Bytemill.Tokenization;

namespace Bytemill.Web.Models;

/// <summary>What <c>bytemill eval --json</c> found out about a model.</summary>
/// <param name="Path">The file that says so.</param>
/// <param name="Tokens">Tokens of its corpus.</param>
/// <param name="BytesPerToken">Bytes per token of it; null without tokens.</param>
/// <param name="GroupColumn">The column that groups its texts; null without.</param>
/// <param name="Groups">Each group, such as a language.</param>
/// <param name="Unused">How many pieces of two bytes or more never occurred in it.</param>
/// <param name="UnusedFirst">Ids of the first of these.</param>
public sealed record EvaluationFacts(
    string Path, long Tokens, double? BytesPerToken, string? GroupColumn, ImmutableArray<EvaluationGroup> Groups, int Unused, ImmutableArray<int> UnusedFirst)
{
    private const string Format = "bytemill-eval-1";
    private const string Pattern = "eval*.json";
    private const long LargestFile = 32 << 20;

    /// <summary>Looks beside a model for <c>eval*.json</c> that has its hash; of several, the last by name.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ModelUnavailableException">There is one that cannot be read.</exception>
    public static EvaluationFacts? Find(string modelPath, TokenizerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string directory = System.IO.Path.GetDirectoryName(modelPath) ?? ".";
        IEnumerable<string> files = Directory.Exists(directory) ? Directory.EnumerateFiles(directory, Pattern) : [];
        foreach (string path in files.OrderDescending(StringComparer.Ordinal).Where(path => new FileInfo(path).Length <= LargestFile))
        {
            try
            {
                using FileStream file = File.OpenRead(path);
                using JsonDocument json = JsonDocument.Parse(file);
                if (Read(path, json.RootElement, model) is { } facts)
                {
                    return facts;
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
            {
                throw new ModelUnavailableException($"{path}: not a report of bytemill eval --json: {e.Message}", e);
            }
        }

        return null;
    }

    private static EvaluationFacts? Read(string path, JsonElement root, TokenizerModel model)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.GetString() != Format)
        {
            return null;
        }

        JsonElement of = root.GetProperty("models").EnumerateArray().FirstOrDefault(one => one.GetProperty("hash").GetString() == model.Hash);
        return of.ValueKind == JsonValueKind.Undefined
            ? null
            : new EvaluationFacts(
                path,
                of.GetProperty("tokens").GetInt64(),
                NumberOf(of.GetProperty("bytes_per_token")),
                root.GetProperty("group_column").GetString(),
                [.. of.GetProperty("groups").EnumerateArray().Select(ReadGroup)],
                of.GetProperty("unused").GetInt32(),
                [.. of.GetProperty("unused_first").EnumerateArray().Select(piece => piece.GetProperty("id").GetInt32())]);
    }

    private static EvaluationGroup ReadGroup(JsonElement group) => new(
        group.GetProperty("name").GetString() ?? "",
        group.GetProperty("text_bytes").GetInt64(),
        group.GetProperty("tokens").GetInt64(),
        NumberOf(group.GetProperty("bytes_per_token")),
        NumberOf(group.GetProperty("single_byte_share")));

    private static double? NumberOf(JsonElement number) => number.ValueKind == JsonValueKind.Null ? null : number.GetDouble();
}
