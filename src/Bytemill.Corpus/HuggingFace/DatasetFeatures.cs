using System.Text.Json.Nodes;

namespace Bytemill.Corpus;

/// <summary>
/// Columns of a Parquet file as Hugging Face <c>datasets</c> names their types: <c>Features.to_dict()</c> for the key <c>huggingface</c> of the footer,
/// and the list of <c>dataset_info</c> in a dataset card.
/// </summary>
internal static class DatasetFeatures
{
    /// <summary>Key of the footer's metadata.</summary>
    public const string MetadataKey = "huggingface";

    private const string Kind = "_type";
    private const string Feature = "feature";

    /// <summary>The columns that have a type there, in order; others readers infer from the file.</summary>
    public static JsonObject Of(SchemaNode root)
    {
        var features = new JsonObject();
        foreach (SchemaNode column in root.Children)
        {
            if (Of(column, column) is { } feature)
            {
                features.Add(column.Name, feature);
            }
        }

        return features;
    }

    /// <summary>What goes into the footer.</summary>
    public static string ToMetadata(JsonObject features) => new JsonObject { ["info"] = new JsonObject { ["features"] = features } }.ToJsonString();

    /// <summary>What goes into the card, as YAML has it.</summary>
    public static object[] ToCard(JsonObject features) => [.. features.Select(feature => Named(feature.Key, feature.Value!))];

    // Null for what has no name there (maps, fixed bytes, intervals), or is read as one thing or another.
    private static JsonNode? Of(SchemaNode node, SchemaNode named)
    {
        if (node.Repetition == Repetition.Repeated && ReferenceEquals(node, named))
        {
            return null;
        }

        if (node.IsLeaf)
        {
            return TypeName(node.Describe()) is { } type ? new JsonObject { ["dtype"] = type, [Kind] = "Value" } : null;
        }

        if (node.ListItem is { } item)
        {
            // A sequence of a structure would be a structure of sequences.
            return Of(item, named: node) is not { } feature ? null
                : feature is JsonObject && KindOf(feature) is null ? new JsonArray(feature)
                : new JsonObject { [Feature] = feature, [Kind] = "Sequence" };
        }

        if (node.IsMap)
        {
            return null;
        }

        var fields = new JsonObject();
        foreach (SchemaNode child in node.Children)
        {
            if (Of(child, child) is not { } feature)
            {
                return null;
            }

            fields.Add(child.Name, feature);
        }

        return fields;
    }

    // Null of a structure, which may have a field of that very name.
    private static string? KindOf(JsonNode feature) => feature is JsonObject fields && fields[Kind] is JsonValue kind ? kind.GetValue<string>() : null;

    private static string? TypeName(string type) => type switch
    {
        "string" or "binary" or "bool" or "float16" or "int8" or "int16" or "int32" or "int64" or "uint8" or "uint16" or "uint32" or "uint64" => type,
        "float" => "float32",
        "double" => "float64",
        "date" => "date32",
        "time[ms]" => "time32[ms]",
        "time[us]" or "time[ns]" => "time64" + type["time".Length..],
        "timestamp[ms]" or "timestamp[us]" or "timestamp[ns]" => type,
        "timestamp[ms, UTC]" or "timestamp[us, UTC]" or "timestamp[ns, UTC]" => type.Replace("UTC", "tz=UTC", StringComparison.Ordinal),
        _ when type.StartsWith("decimal(", StringComparison.Ordinal) => type.Replace("decimal", "decimal128", StringComparison.Ordinal),
        _ => null,
    };

    private static Dictionary<string, object> Named(string name, JsonNode feature)
    {
        var entry = new Dictionary<string, object> { ["name"] = name };
        (string kind, object value) = Described(feature);
        entry.Add(kind, value);
        return entry;
    }

    private static (string Kind, object Value) Described(JsonNode feature)
    {
        switch (feature)
        {
            case JsonArray list:
                return ("list", Inner(list[0]!));
            case JsonObject value when KindOf(value) == "Value":
                return ("dtype", value["dtype"]!.GetValue<string>());
            case JsonObject sequence when KindOf(sequence) == "Sequence":
                return ("sequence", Inner(sequence[Feature]!));
            default:
                return ("struct", ToCard(feature.AsObject()));
        }
    }

    // A type by its name alone; anything else with what it is.
    private static object Inner(JsonNode feature) => Described(feature) switch
    {
        ("dtype", var type) => type,
        ("struct", var fields) => fields,
        (var kind, var value) => new Dictionary<string, object> { [kind] = value },
    };
}
