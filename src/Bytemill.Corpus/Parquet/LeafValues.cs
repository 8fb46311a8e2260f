namespace Bytemill.Corpus;

/// <summary>Values of a column without the nulls, as they lie in a plain page: little-endian numbers, bytes; booleans as a byte each.</summary>
internal sealed class LeafValues
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly int _width;
    private readonly ReadOnlyMemory<byte>[]? _values;

    /// <summary>Values of one width, one behind the other.</summary>
    public LeafValues(ReadOnlyMemory<byte> data, int width) => (_data, _width, Count) = (data, width, data.Length / width);

    /// <summary>Values of any length.</summary>
    public LeafValues(ReadOnlyMemory<byte>[] values) => (_values, Count) = (values, values.Length);

    public int Count { get; }

    public ReadOnlySpan<byte> this[int index] => Memory(index).Span;

    public ReadOnlyMemory<byte> Memory(int index) => _values is null ? _data.Slice(index * _width, _width) : _values[index];
}
