using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bytemill.Tests;

/// <summary>The golden cases of the repository, made by <c>scripts/golden.py</c>.</summary>
/// <example><c>[Theory, MemberData(nameof(GoldenCases.Names), MemberType = typeof(GoldenCases))]</c></example>
public static class GoldenCases
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly string s_root = FindRoot();
    private static readonly ConcurrentDictionary<string, GoldenCase> s_loaded = new();

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(s_root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static GoldenCase Load(string name) => s_loaded.GetOrAdd(name, Read);

    /// <summary>Rows of a file with one JSON value a line. Only <c>\n</c> ends a line.</summary>
    internal static IReadOnlyList<T> ReadLines<T>(string path) =>
    [
        .. File.ReadAllText(path, Encoding.UTF8)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<T>(line, s_json)!),
    ];

    internal static IReadOnlyList<string> ReadDocuments(string path) =>
        [.. ReadLines<Document>(path).Select(document => document.Text)];

    private static GoldenCase Read(string name)
    {
        string folder = Path.Combine(s_root, name);
        GoldenOptions options =
            JsonSerializer.Deserialize<GoldenOptions>(File.ReadAllBytes(Path.Combine(folder, "options.json")), s_json)!;
        List<KeyValuePair<int, byte[]>> models = [];
        foreach (int size in options.MaxVocabSize.OrderDescending())
        {
            string suffix = options.MaxVocabSize.Count == 1 ? "" : "." + size.ToString(CultureInfo.InvariantCulture);
            models.Add(new(size, File.ReadAllBytes(Path.Combine(folder, "expected.model" + suffix))));
        }

        return new GoldenCase(
            name,
            ReadDocuments(Path.Combine(folder, "corpus.jsonl")),
            options,
            models,
            ReadLines<GoldenEncoding>(Path.Combine(folder, "encode.jsonl")));
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "data", "golden");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException(
            $"No tests/data/golden in '{AppContext.BaseDirectory}' or a folder above it; run the tests from a checkout.");
    }

    private sealed record Document(string Text);
}
