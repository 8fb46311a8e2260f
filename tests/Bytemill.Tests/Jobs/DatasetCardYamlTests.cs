using System.Text.Json.Nodes;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using YamlDotNet.Serialization;

namespace Bytemill.Tests;

public sealed class DatasetCardYamlTests
{
    // Each is something else than a string in YAML 1.1, or no YAML at all, unless it is quoted.
    private static readonly string[] s_names =
    [
        "no", "yes", "on", "Off", "null", "~", "true", "1", "1_000", "1:30", "0x1f", ".5", "2020-01-01", "=", "<<", "*", "a: b", "a #b", "- a", "", " a", "a\tb", "a\nb", "'", "\"", "{a}", "%", "é",
    ];

    [Fact]
    public void Describe_NamesOfAnyKind_AreStringsToReadersOfYaml11()
    {
        var features = new JsonObject(s_names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject { ["dtype"] = "timestamp[us, tz=UTC]", ["_type"] = "Value" })));
        string card = DatasetCard.Describe(Manifest("no"), [new DatasetFile(features, 7)], present: null);
        Dictionary<string, object> front = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(card.Split("---\n")[1]);
        Assert.Equal(s_names, ((List<object>)((Dictionary<object, object>)front["dataset_info"])["features"]).Select(feature => ((Dictionary<object, object>)feature)["name"]));
        Assert.All(
            ["name: \"no\"", "name: \"Off\"", "name: '1_000'", "name: '1:30'", "name: '2020-01-01'", "name: '='", "name: '<<'", "name: \"a\tb\"", "name: \"a\\nb\"", "name: é\n", "split: \"no\"", "dtype: timestamp[us, tz=UTC]"],
            part => Assert.Contains(part, card, StringComparison.Ordinal));
    }

    [Fact]
    public void Describe_StructureWithAFieldNamedLikeAKindOfType_IsAStructure()
    {
        JsonObject Value() => new() { ["dtype"] = "string", ["_type"] = "Value" };
        var features = new JsonObject { ["hit"] = new JsonObject { ["_type"] = Value(), ["_id"] = Value() }, ["_type"] = Value() };
        Assert.Contains(
            """
              - name: hit
                struct:
                - name: _type
                  dtype: string
                - name: _id
                  dtype: string
              - name: _type
                dtype: string

            """,
            DatasetCard.Describe(Manifest(split: null), [new DatasetFile(features, 7)], present: null),
            StringComparison.Ordinal);
    }

    private static ResultManifest Manifest(string? split) => new()
    {
        Version = "0",
        Mode = "tokenize",
        TextColumn = "text",
        Inputs = [],
        Models = [new ManifestModel("m", 300, 300, "")],
        Outputs = [new ManifestOutput("a.parquet", 1, 1, 1, "", null, split)],
        Statistics = new ManifestStatistics(1, 1, 1, 1, null, null),
        Phases = [],
    };
}
