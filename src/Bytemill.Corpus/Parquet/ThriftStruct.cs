using System.Text;

namespace Bytemill.Corpus;

/// <summary>
/// A Thrift struct as its fields by id. Footers are kept in this generic form, so that what this code does not know (newer
/// logical types, statistics) is carried over to an output unharmed.
/// </summary>
internal sealed class ThriftStruct
{
    private readonly SortedList<short, ThriftValue> _fields = [];

    public IEnumerable<KeyValuePair<short, ThriftValue>> Fields => _fields;

    public bool Has(short id) => _fields.ContainsKey(id);

    public void Remove(short id) => _fields.Remove(id);

    public ThriftStruct Clone()
    {
        ThriftStruct copy = new();
        foreach ((short id, ThriftValue value) in _fields)
        {
            copy._fields.Add(id, value);
        }

        return copy;
    }

    public ThriftStruct Set(short id, ThriftValue value)
    {
        _fields[id] = value;
        return this;
    }

    public ThriftStruct SetInt32(short id, int value) => Set(id, new ThriftValue(ThriftType.Int32, value, null));

    public ThriftStruct SetInt16(short id, short value) => Set(id, new ThriftValue(ThriftType.Int16, value, null));

    public ThriftStruct SetInt64(short id, long value) => Set(id, new ThriftValue(ThriftType.Int64, value, null));

    public ThriftStruct SetBoolean(short id, bool value) =>
        Set(id, new ThriftValue(value ? ThriftType.True : ThriftType.False, value ? 1 : 0, null));

    public ThriftStruct SetText(short id, string value) => SetBinary(id, Encoding.UTF8.GetBytes(value));

    public ThriftStruct SetBinary(short id, byte[] value) => Set(id, new ThriftValue(ThriftType.Binary, 0, value));

    public ThriftStruct SetStruct(short id, ThriftStruct value) => Set(id, new ThriftValue(ThriftType.Struct, 0, value));

    public ThriftStruct SetList(short id, ThriftList value) => Set(id, new ThriftValue(ThriftType.List, 0, value));

    /// <exception cref="ThriftFormatException">The field is there and no integer.</exception>
    public long? Integer(short id)
    {
        if (!_fields.TryGetValue(id, out ThriftValue value))
        {
            return null;
        }

        return value.Type is ThriftType.Byte or ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64
            ? value.Number
            : throw Unexpected(id, "an integer", value.Type);
    }

    /// <exception cref="ThriftFormatException">The field is missing, or no integer.</exception>
    public long RequiredInteger(short id) => Integer(id) ?? throw Missing(id);

    /// <exception cref="ThriftFormatException">The field is there and no boolean.</exception>
    public bool? Boolean(short id)
    {
        if (!_fields.TryGetValue(id, out ThriftValue value))
        {
            return null;
        }

        return value.Type is ThriftType.True or ThriftType.False
            ? value.Type == ThriftType.True
            : throw Unexpected(id, "a boolean", value.Type);
    }

    /// <exception cref="ThriftFormatException">The field is there and no byte string.</exception>
    public byte[]? Binary(short id) => Object<byte[]>(id, ThriftType.Binary, "a byte string");

    /// <exception cref="ThriftFormatException">The field is there and no byte string.</exception>
    public string? Text(short id) => Binary(id) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <exception cref="ThriftFormatException">The field is there and no struct.</exception>
    public ThriftStruct? Struct(short id) => Object<ThriftStruct>(id, ThriftType.Struct, "a struct");

    /// <exception cref="ThriftFormatException">The field is there and no list.</exception>
    public ThriftList? List(short id) => Object<ThriftList>(id, ThriftType.List, "a list");

    private static ThriftFormatException Missing(short id) => new($"field {id} is missing");

    private static ThriftFormatException Unexpected(short id, string expected, ThriftType found) =>
        new($"field {id} should be {expected} and is of type {found}");

    private T? Object<T>(short id, ThriftType type, string expected)
        where T : class
    {
        if (!_fields.TryGetValue(id, out ThriftValue value))
        {
            return null;
        }

        return value.Type == type ? (T)value.Object! : throw Unexpected(id, expected, value.Type);
    }
}
