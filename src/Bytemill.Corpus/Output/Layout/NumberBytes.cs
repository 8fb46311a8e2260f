using System.Buffers.Binary;

namespace Bytemill.Corpus;

/// <summary>Numbers as little-endian bytes of a type.</summary>
internal static class NumberBytes
{
    public static int WidthOf(IdType type) => type == IdType.UInt16 ? sizeof(ushort) : sizeof(int);

    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<int> numbers, IdType type, Stream output, ref byte[] buffer)
    {
        int bytes = checked(numbers.Length * WidthOf(type));
        if (buffer.Length < bytes)
        {
            buffer = new byte[Math.Max(bytes, 2L * buffer.Length <= Array.MaxLength ? 2 * buffer.Length : 0)];
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            if (type == IdType.UInt16)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(i * sizeof(ushort)), checked((ushort)numbers[i]));
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(i * sizeof(int)), numbers[i]);
            }
        }

        output.Write(buffer, 0, bytes);
        return bytes;
    }
}
