using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Bytemill.Corpus;

/// <summary>Takes the text and the kept properties out of one line of JSON after the other. For one thread.</summary>
internal sealed class JsonLineParser : IDisposable
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 1000 };

    private readonly byte[] _name;
    private readonly byte[][] _path;
    private readonly ImmutableArray<byte[]> _keep;
    private readonly JsonValue[] _kept;
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private JsonValue _text;

    public JsonLineParser(SourceOptions options)
    {
        _name = Encoding.UTF8.GetBytes(options.TextColumn);
        _path = [.. options.TextColumn.Split('.').Select(Encoding.UTF8.GetBytes)];
        _keep = [.. options.Keep.Select(Encoding.UTF8.GetBytes)];
        _kept = new JsonValue[_keep.Length];
    }

    /// <summary>Whether the line had the text's property, be it null.</summary>
    public bool HasText { get; private set; }

    /// <summary>Whether the line's text is null or missing.</summary>
    public bool IsNull => _text.IsNull;

    /// <summary>The line's text, unescaped; not checked to be UTF-8. Valid until the next line.</summary>
    public ReadOnlySpan<byte> Text => _text.In(_bytes);

    /// <summary>Whether a line is to be passed over.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>Kind of a value for people.</summary>
    public static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        _ => "null",
    };

    /// <summary>Whether a kept property is null or missing.</summary>
    public bool IsKeptNull(int index) => _kept[index].IsNull;

    /// <summary>A kept property: a string as it is, anything else as JSON.</summary>
    public ReadOnlySpan<byte> Kept(int index) => _kept[index].In(_bytes);

    /// <summary>Parses a line.</summary>
    /// <returns>What is wrong with it, for the end of a message; null for nothing.</returns>
    public string? Parse(ReadOnlySpan<byte> line)
    {
        _bytes.ResetWrittenCount();
        _text = default;
        HasText = false;
        _kept.AsSpan().Clear();
        try
        {
            return ParseObject(line);
        }
        catch (JsonException error)
        {
            return FormattableString.Invariant($"no JSON at byte {error.BytePositionInLine} of it ({FirstSentence(error.Message)}). Every line must be a JSON object.");
        }
    }

    public void Dispose() => _bytes.Clear();

    private string? ParseObject(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line, s_options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return $"its JSON is of type {Describe(reader.TokenType)}; every line must be a JSON object.";
        }

        bool isExact = false;
        string? fault = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = reader.ValueTextEquals(_name);
            bool leadsToText = !isExact && _path.Length > 1 && reader.ValueTextEquals(_path[0]);
            int kept = FindKept(ref reader);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            Utf8JsonReader value = reader;
            reader.Skip();
            ReadOnlySpan<byte> raw = line[start..(int)reader.BytesConsumed];
            if (kept >= 0)
            {
                _kept[kept] = Take(ref value, raw);
            }

            if (isText)
            {
                isExact = true;
                fault = TakeText(ref value);
            }
            else if (leadsToText && value.TokenType == JsonTokenType.StartObject)
            {
                fault = Descend(ref value, 1);
            }
        }

        // Whatever follows the object.
        reader.Read();
        return fault;
    }

    private int FindKept(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < _keep.Length; i++)
        {
            if (reader.ValueTextEquals(_keep[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private string? Descend(ref Utf8JsonReader reader, int level)
    {
        string? fault = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isNext = reader.ValueTextEquals(_path[level]);
            reader.Read();
            Utf8JsonReader value = reader;
            reader.Skip();
            if (isNext && level == _path.Length - 1)
            {
                fault = TakeText(ref value);
            }
            else if (isNext && value.TokenType == JsonTokenType.StartObject)
            {
                fault = Descend(ref value, level + 1);
            }
        }

        return fault;
    }

    private string? TakeText(ref Utf8JsonReader value)
    {
        HasText = true;
        if (value.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return $"property '{Encoding.UTF8.GetString(_name)}' is of type {Describe(value.TokenType)}; text must be a string or null. Choose another with --text-column.";
        }

        _text = value.TokenType == JsonTokenType.Null ? default : Copy(ref value);
        return null;
    }

    private JsonValue Take(ref Utf8JsonReader value, ReadOnlySpan<byte> raw)
    {
        switch (value.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.String:
                return Copy(ref value);
            default:
                JsonValue place = new(_bytes.WrittenCount, raw.Length, IsThere: true);
                _bytes.Write(raw);
                return place;
        }
    }

    private JsonValue Copy(ref Utf8JsonReader value)
    {
        int start = _bytes.WrittenCount;
        if (value.ValueIsEscaped)
        {
            JsonEscapes.Unescape(value.ValueSpan, _bytes);
        }
        else
        {
            _bytes.Write(value.ValueSpan);
        }

        return new JsonValue(start, _bytes.WrittenCount - start, IsThere: true);
    }

    private static string FirstSentence(string message) =>
        message.IndexOf(". ", StringComparison.Ordinal) is var end and >= 0 ? message[..end] : message;

    private readonly record struct JsonValue(int Start, int Length, bool IsThere)
    {
        public bool IsNull => !IsThere;

        public ReadOnlySpan<byte> In(ArrayBufferWriter<byte> bytes) => bytes.WrittenSpan.Slice(Start, Length);
    }
}
