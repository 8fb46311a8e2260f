using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bytemill.Web.Api;

/// <summary>Whole numbers: a single one, or a list of them.</summary>
internal sealed class OneOrMoreConverter : JsonConverter<ImmutableArray<int>>
{
    public override ImmutableArray<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return [Number(ref reader)];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("must be a whole number, or a list of them.");
        }

        var numbers = ImmutableArray.CreateBuilder<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(reader.TokenType == JsonTokenType.Number ? Number(ref reader) : throw new JsonException("must hold whole numbers only."));
        }

        return numbers.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableArray<int> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (int number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static int Number(ref Utf8JsonReader reader) =>
        reader.TryGetInt32(out int number) ? number : throw new JsonException("must be a whole number below 2147483648.");
}
