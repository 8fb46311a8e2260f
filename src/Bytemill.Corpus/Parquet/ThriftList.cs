namespace Bytemill.Corpus;

/// <summary>A Thrift list: numbers, byte strings or structs of one type.</summary>
internal sealed class ThriftList(ThriftType elementType)
{
    public ThriftType ElementType { get; } = elementType;

    public List<ThriftValue> Items { get; } = [];

    public static ThriftList OfStructs(IEnumerable<ThriftStruct> items)
    {
        ThriftList list = new(ThriftType.Struct);
        list.Items.AddRange(items.Select(item => new ThriftValue(ThriftType.Struct, 0, item)));
        return list;
    }

    public static ThriftList OfInt32(params ReadOnlySpan<int> items)
    {
        ThriftList list = new(ThriftType.Int32);
        foreach (int item in items)
        {
            list.Items.Add(new ThriftValue(ThriftType.Int32, item, null));
        }

        return list;
    }

    public static ThriftList OfBinary(params ReadOnlySpan<byte[]> items)
    {
        ThriftList list = new(ThriftType.Binary);
        foreach (byte[] item in items)
        {
            list.Items.Add(new ThriftValue(ThriftType.Binary, 0, item));
        }

        return list;
    }

    /// <exception cref="ThriftFormatException">It is a list of something else.</exception>
    public IEnumerable<ThriftStruct> Structs() =>
        ElementType == ThriftType.Struct || Items.Count == 0
            ? Items.Select(item => (ThriftStruct)item.Object!)
            : throw new ThriftFormatException("a list holds something else than structs");

    /// <exception cref="ThriftFormatException">It is a list of something else.</exception>
    public IEnumerable<byte[]> Binaries() =>
        ElementType == ThriftType.Binary || Items.Count == 0
            ? Items.Select(item => (byte[])item.Object!)
            : throw new ThriftFormatException("a list holds something else than byte strings");
}
