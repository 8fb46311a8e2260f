using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bytemill.App;

/// <summary>Files of <c>bytemill submit</c>, in YAML or JSON: the same fields as the HTTP interface takes.</summary>
internal static class JobFiles
{
    private const int LongestLine = 120;

    /// <exception cref="JobInputException">The file is not there, is no YAML, or a field is wrong; says in which line.</exception>
    public static JobRequest Read(string path)
    {
        YamlMappingNode root = Parse(path);
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        JsonNode? json = ToJson(root, "#", lines);
        try
        {
            JobRequest request = RequestBody.Read(JsonSerializer.SerializeToUtf8Bytes(json), BytemillJson.Default.JobRequest);
            JobRequests.ToSpec(request, Path.GetDirectoryName(Path.GetFullPath(path)));
            return request;
        }
        catch (RequestFaultException e)
        {
            throw new JobInputException(string.Join(' ', e.Faults.Select(fault => Units.Format($"{path}:{LineOf(fault.Place, lines)}: {fault.Place.TrimStart('#', '/')}: {fault.Detail}"))), e);
        }
    }

    /// <summary>A job file with all fields, their defaults and what they mean.</summary>
    public static string Example()
    {
        var text = new StringBuilder("""
            # yaml-language-server: $schema=job.schema.json
            # A job for 'bytemill submit'. Relative paths are meant from this file. What is left out has the value that stands behind it here.


            """);
        var defaults = new JobRequest();
        foreach (JsonPropertyInfo property in BytemillJson.Default.JobRequest.Properties)
        {
            foreach (string line in Wrap(Describe(property)))
            {
                text.Append("# ").Append(line).Append('\n');
            }

            object? value = property.Get!(defaults);
            text.Append(property.Name switch
            {
                "inputs" => "inputs: [corpus/*.parquet]",
                "output" => "output: out",
                _ when value is null => $"# {property.Name}:",
                _ => $"# {property.Name}: {JsonSerializer.Serialize(value, property.PropertyType, BytemillJson.Default.Options).Trim('"').Replace(",", ", ", StringComparison.Ordinal)}",
            }).Append("\n\n");
        }

        return text.ToString();
    }

    private static string Describe(JsonPropertyInfo property) =>
        (property.AttributeProvider as MemberInfo)?.GetCustomAttribute<DescriptionAttribute>()?.Description
            ?? typeof(JobRequest).GetProperties().First(each => BytemillJson.NameOf(each.Name) == property.Name).GetCustomAttribute<DescriptionAttribute>()!.Description;

    private static IEnumerable<string> Wrap(string text)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split(' '))
        {
            if (line.Length + word.Length > LongestLine)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private static YamlMappingNode Parse(string path)
    {
        try
        {
            using StreamReader reader = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw new JobInputException($"{path}: not a job file: one document with fields, as 'bytemill submit --example' writes it.");
        }
        catch (YamlException e)
        {
            throw new JobInputException(Units.Format($"{path}:{e.Start.Line}: not YAML: {e.Message}"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"The job file cannot be read: {e.Message}", e);
        }
    }

    private static JsonNode? ToJson(YamlNode node, string pointer, Dictionary<string, long> lines)
    {
        lines[pointer] = node.Start.Line;
        switch (node)
        {
            case YamlMappingNode mapping:
                var fields = new JsonObject();
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    string name = ((YamlScalarNode)key).Value ?? "";
                    fields.Add(name, ToJson(value, $"{pointer}/{name}", lines));
                }

                return fields;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select((item, i) => ToJson(item, Units.Format($"{pointer}/{i}"), lines))]);
            default:
                return ToJson((YamlScalarNode)node);
        }
    }

    // The core schema of YAML 1.2: what is not quoted is a number, true, false or null where it looks like one.
    private static JsonValue? ToJson(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => JsonValue.Create(number),
            _ when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong large) => JsonValue.Create(large),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && double.IsFinite(real) => JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };
    }

    private static long LineOf(string pointer, Dictionary<string, long> lines)
    {
        while (!lines.ContainsKey(pointer) && pointer.Length > 1)
        {
            pointer = pointer[..Math.Max(1, pointer.LastIndexOf('/'))];
        }

        return lines.GetValueOrDefault(pointer, 1);
    }
}
