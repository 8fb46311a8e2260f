using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
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
    private readonly (byte[] Name, byte[][] Path)[] _compared;
    private readonly (JsonTokenType Type, JsonValue Value)[] _comparedValues;
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private JsonValue _text;

    /// <param name="options">What to take.</param>
    /// <param name="compared">Dotted names of properties that conditions ask for.</param>
    public JsonLineParser(SourceOptions options, ImmutableArray<string> compared)
    {
        _compared = [.. compared.Select(name => (Encoding.UTF8.GetBytes(name), name.Split('.').Select(Encoding.UTF8.GetBytes).ToArray()))];
        _comparedValues = new (JsonTokenType, JsonValue)[_compared.Length];
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
        _comparedValues.AsSpan().Clear();
        try
        {
            return ParseObject(line);
        }
        catch (JsonException error)
        {
            return FormattableString.Invariant($"no JSON at byte {error.BytePositionInLine} of it ({FirstSentence(error.Message)}). Every line must be a JSON object.");
        }
    }

    /// <summary>Whether the line's value of a compared property meets a condition.</summary>
    public bool Meets(int index, Comparison comparison)
    {
        (JsonTokenType type, JsonValue value) = _comparedValues[index];
        ReadOnlySpan<byte> bytes = value.In(_bytes);
        Literal first = comparison.Values[0];
        return type switch
        {
            JsonTokenType.String => first.IsString && comparison.Matches(bytes),
            JsonTokenType.Number => first.Number is not null
                && (Utf8Parser.TryParse(bytes, out decimal number, out int used, 'E') && used == bytes.Length
                    ? comparison.Matches(number)
                    : comparison.Matches(double.Parse(bytes, CultureInfo.InvariantCulture))),
            JsonTokenType.True or JsonTokenType.False => first.Truth is not null && comparison.Matches(type == JsonTokenType.True),
            _ => false,
        };
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
            Utf8JsonReader name = reader;
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            Utf8JsonReader value = reader;
            reader.Skip();
            if (kept >= 0)
            {
                _kept[kept] = Take(ref value, line[start..(int)reader.BytesConsumed]);
            }

            for (int i = 0; i < _compared.Length; i++)
            {
                TakeCompared(i, ref name, value);
            }

            if (isText)
            {
                isExact = true;
                fault = TakeText(ref value);
            }
            else if (leadsToText && TryDescend(ref value, _path, 1))
            {
                fault = TakeText(ref value);
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

    // Moves from an object to the value at the end of a path below it; of equal names the last counts.
    private static bool TryDescend(ref Utf8JsonReader value, byte[][] path, int level)
    {
        if (value.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        Utf8JsonReader found = default;
        bool isFound = false;
        while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
        {
            bool isNext = value.ValueTextEquals(path[level]);
            value.Read();
            Utf8JsonReader inner = value;
            value.Skip();
            if (isNext && (level == path.Length - 1 || TryDescend(ref inner, path, level + 1)))
            {
                found = inner;
                isFound = true;
            }
        }

        value = isFound ? found : value;
        return isFound;
    }

    private void TakeCompared(int index, ref Utf8JsonReader name, Utf8JsonReader value)
    {
        (byte[] whole, byte[][] path) = _compared[index];
        if (name.ValueTextEquals(whole) || (path.Length > 1 && name.ValueTextEquals(path[0]) && TryDescend(ref value, path, 1)))
        {
            _comparedValues[index] = (value.TokenType, Take(ref value, value.ValueSpan));
        }
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
