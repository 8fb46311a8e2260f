using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bytemill.Chaos;

/// <summary>Reports as lines of JSON in a file.</summary>
internal static class RoundResults
{
    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Adds a line.</summary>
    public static void Add(string file, RoundReport report) => File.AppendAllText(file, JsonSerializer.Serialize(report, s_json) + "\n");

    /// <summary>Reads all of them.</summary>
    public static List<RoundReport> Read(string file) => [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<RoundReport>(line, s_json)!)];
}
