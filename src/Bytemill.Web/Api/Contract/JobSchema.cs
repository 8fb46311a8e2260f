using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Bytemill.Web.Api;

/// <summary>JSON schema of job files and of the body of a request for a job, made of <see cref="JobRequest"/>; kept as docs/job.schema.json.</summary>
public static class JobSchema
{
    private static readonly JobRequest s_defaults = new();
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema.</summary>
    public static string Text { get; } = Make().ToJsonString(s_indented) + "\n";

    private static JsonObject Make()
    {
        var schema = (JsonObject)JsonSchemaExporter.GetJsonSchemaAsNode(
            BytemillJson.Default.JobRequest,
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe });
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Bytemill job");
        schema["required"] = new JsonArray("inputs", "output");
        return schema;
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var provider = context.PropertyInfo?.AttributeProvider;
        if (provider is null || context.Path.Length != 2)
        {
            return schema;
        }

        // What a converter reads is known to itself only.
        JsonObject described = context.TypeInfo.Type == typeof(ImmutableArray<int>)
            ? new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = "integer" },
                    new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "integer" }, ["minItems"] = 1 }),
            }
            : schema as JsonObject ?? [];
        foreach (object attribute in provider.GetCustomAttributes(inherit: false))
        {
            switch (attribute)
            {
                case DescriptionAttribute description:
                    described.Insert(0, "description", description.Description);
                    break;
                case AllowedValuesAttribute allowed:
                    described["enum"] = new JsonArray([.. allowed.Values.Select(value => value is null ? null : (JsonNode)JsonValue.Create((string)value))]);
                    break;
                case RangeAttribute range:
                    described["minimum"] = JsonNode.Parse(Convert.ToString(range.Minimum, System.Globalization.CultureInfo.InvariantCulture)!);
                    if (range.Maximum is not (long.MaxValue or int.MaxValue))
                    {
                        described["maximum"] = JsonNode.Parse(Convert.ToString(range.Maximum, System.Globalization.CultureInfo.InvariantCulture)!);
                    }

                    break;
                case RegularExpressionAttribute pattern:
                    described["pattern"] = pattern.Pattern;
                    break;
                default:
                    break;
            }
        }

        if (context.PropertyInfo!.Get!(s_defaults) is { } value)
        {
            described["default"] = JsonSerializer.SerializeToNode(value, context.TypeInfo);
        }

        return described;
    }
}
