using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>
/// Reads Thrift's compact protocol (thrift-compact-protocol.md) from memory. Every length is checked against what is left,
/// so damaged bytes end in <see cref="ThriftFormatException"/>, with no large allocation and no endless loop.
/// </summary>
internal ref struct ThriftReader
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    public ThriftReader(ReadOnlySpan<byte> source)
    {
        _source = source;
        _position = 0;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => _position;

    public ThriftStruct ReadStruct() => ReadStruct(0);

    private ThriftStruct ReadStruct(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ThriftFormatException("structs are nested too deep");
        }

        ThriftStruct result = new();
        int id = 0;
        while (true)
        {
            byte header = ReadByte();
            if (header == 0)
            {
                return result;
            }

            int delta = header >> 4;
            id = delta == 0 ? (int)ReadZigZag() : id + delta;
            if (id is < 0 or > short.MaxValue)
            {
                throw new ThriftFormatException("a field id is out of range");
            }

            if (result.Has((short)id))
            {
                throw new ThriftFormatException($"field {id} occurs twice");
            }

            result.Set((short)id, ReadValue((ThriftType)(header & 0x0f), depth, inList: false));
        }
    }

    private ThriftValue ReadValue(ThriftType type, int depth, bool inList)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                // In a field the header is the value; in a list each element has a byte of its own.
                bool value = inList ? ReadByte() == (byte)ThriftType.True : type == ThriftType.True;
                return new ThriftValue(value ? ThriftType.True : ThriftType.False, value ? 1 : 0, null);
            case ThriftType.Byte:
                return new ThriftValue(type, (sbyte)ReadByte(), null);
            case ThriftType.Int16:
                return new ThriftValue(type, Within(ReadZigZag(), short.MinValue, short.MaxValue), null);
            case ThriftType.Int32:
                return new ThriftValue(type, Within(ReadZigZag(), int.MinValue, int.MaxValue), null);
            case ThriftType.Int64:
                return new ThriftValue(type, ReadZigZag(), null);
            case ThriftType.Double:
                return new ThriftValue(type, BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(sizeof(double))), null);
            case ThriftType.Binary:
                return new ThriftValue(type, 0, ReadBytes(ReadLength()).ToArray());
            case ThriftType.List or ThriftType.Set:
                return new ThriftValue(type, 0, ReadList(depth));
            case ThriftType.Struct:
                return new ThriftValue(type, 0, ReadStruct(depth + 1));
            default:
                throw new ThriftFormatException($"type {(int)type} is unknown");
        }
    }

    private ThriftList ReadList(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ThriftFormatException("lists are nested too deep");
        }

        byte header = ReadByte();
        int count = header >> 4;
        if (count == 15)
        {
            count = ReadLength();
        }

        ThriftType type = (ThriftType)(header & 0x0f);
        // Every element takes at least a byte.
        if (count > _source.Length - _position)
        {
            throw new ThriftFormatException("a list is longer than what is left");
        }

        ThriftList list = new(type);
        for (int i = 0; i < count; i++)
        {
            list.Items.Add(ReadValue(type, depth + 1, inList: true));
        }

        return list;
    }

    private static long Within(long value, long low, long high) =>
        value >= low && value <= high ? value : throw new ThriftFormatException("a number is out of its type's range");

    private byte ReadByte() =>
        _position < _source.Length
            ? _source[_position++]
            : throw new ThriftFormatException("the bytes end in the middle of a struct");

    private ReadOnlySpan<byte> ReadBytes(int length)
    {
        if (length > _source.Length - _position)
        {
            throw new ThriftFormatException("a byte string is longer than what is left");
        }

        ReadOnlySpan<byte> bytes = _source.Slice(_position, length);
        _position += length;
        return bytes;
    }

    private int ReadLength()
    {
        ulong length = ReadVarint();
        return length <= int.MaxValue ? (int)length : throw new ThriftFormatException("a length is out of range");
    }

    private long ReadZigZag()
    {
        ulong value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        ulong result = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte next = ReadByte();
            result |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return result;
            }
        }

        throw new ThriftFormatException("a number takes more than ten bytes");
    }
}
