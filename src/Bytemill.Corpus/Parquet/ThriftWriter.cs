using System.Buffers;
using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Writes Thrift's compact protocol; fields in ascending order of their ids.</summary>
internal static class ThriftWriter
{
    public static void Write(ThriftStruct value, IBufferWriter<byte> output)
    {
        int last = 0;
        foreach ((short id, ThriftValue field) in value.Fields)
        {
            int delta = id - last;
            if (delta is > 0 and <= 15)
            {
                WriteByte(output, (byte)((delta << 4) | (byte)field.Type));
            }
            else
            {
                WriteByte(output, (byte)field.Type);
                WriteZigZag(output, id);
            }

            last = id;
            WriteValue(field, output, inList: false);
        }

        WriteByte(output, 0);
    }

    private static void WriteValue(ThriftValue value, IBufferWriter<byte> output, bool inList)
    {
        switch (value.Type)
        {
            case ThriftType.True or ThriftType.False:
                if (inList)
                {
                    WriteByte(output, (byte)value.Type);
                }

                break;
            case ThriftType.Byte:
                WriteByte(output, (byte)value.Number);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                WriteZigZag(output, value.Number);
                break;
            case ThriftType.Double:
                BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(double)), value.Number);
                output.Advance(sizeof(double));
                break;
            case ThriftType.Binary:
                byte[] bytes = (byte[])value.Object!;
                WriteVarint(output, (ulong)bytes.Length);
                output.Write(bytes);
                break;
            case ThriftType.List or ThriftType.Set:
                WriteList((ThriftList)value.Object!, output);
                break;
            case ThriftType.Struct:
                Write((ThriftStruct)value.Object!, output);
                break;
            default:
                throw new InvalidOperationException($"Thrift type {value.Type} cannot be written.");
        }
    }

    private static void WriteList(ThriftList list, IBufferWriter<byte> output)
    {
        int count = list.Items.Count;
        if (count < 15)
        {
            WriteByte(output, (byte)((count << 4) | (byte)list.ElementType));
        }
        else
        {
            WriteByte(output, (byte)(0xf0 | (byte)list.ElementType));
            WriteVarint(output, (ulong)count);
        }

        foreach (ThriftValue item in list.Items)
        {
            WriteValue(item, output, inList: true);
        }
    }

    private static void WriteZigZag(IBufferWriter<byte> output, long value) =>
        WriteVarint(output, (ulong)((value << 1) ^ (value >> 63)));

    private static void WriteVarint(IBufferWriter<byte> output, ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte(output, (byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte(output, (byte)value);
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
