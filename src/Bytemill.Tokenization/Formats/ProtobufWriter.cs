using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Writes the fields of protobuf messages; those of default value are written too.</summary>
internal static class ProtobufWriter
{
    private const int Varint = 0;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    public static void WriteInt64(IBufferWriter<byte> output, int field, long value)
    {
        WriteTag(output, field, Varint);
        WriteVarint(output, (ulong)value);
    }

    public static void WriteBool(IBufferWriter<byte> output, int field, bool value) => WriteInt64(output, field, value ? 1 : 0);

    public static void WriteFloat(IBufferWriter<byte> output, int field, float value)
    {
        WriteTag(output, field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(sizeof(float)), value);
        output.Advance(sizeof(float));
    }

    public static void WriteString(IBufferWriter<byte> output, int field, string value) => WriteBytes(output, field, Encoding.UTF8.GetBytes(value));

    /// <summary>A field of bytes, or of a message that is written already.</summary>
    public static void WriteBytes(IBufferWriter<byte> output, int field, ReadOnlySpan<byte> value)
    {
        WriteTag(output, field, LengthDelimited);
        WriteVarint(output, (ulong)value.Length);
        output.Write(value);
    }

    private static void WriteTag(IBufferWriter<byte> output, int field, int wireType) => WriteVarint(output, (ulong)((field << 3) | wireType));

    private static void WriteVarint(IBufferWriter<byte> output, ulong value)
    {
        Span<byte> bytes = output.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        output.Advance(length);
    }
}
