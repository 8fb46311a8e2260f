using System.Buffers.Binary;
using System.Numerics;

namespace Bytemill.Training;

/// <summary>An n-gram of 1 to 8 bytes as a 64-bit number: its bytes from the top down, zeros below.
/// Order by (key, length) is the order of the bytes.</summary>
internal static class PackedNGram
{
    public const int MaxLength = 8;

    public static ulong Pack(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }

        ulong key = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            key |= (ulong)bytes[i] << (56 - (8 * i));
        }

        return key;
    }

    /// <summary>Eight bytes of memory as a number, the first byte on top, and back.</summary>
    public static ulong BigEndian(ulong word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;

    /// <summary>Ones over the first <paramref name="length"/> bytes.</summary>
    public static ulong Mask(int length) => length == 0 ? 0 : ulong.MaxValue << (64 - (8 * length));

    /// <summary>The last byte of an n-gram of this length.</summary>
    public static byte LastByte(ulong key, int length) => (byte)(key >> (64 - (8 * length)));

    /// <summary>Number of leading bytes in which two n-grams agree.</summary>
    public static int CommonPrefix(ulong a, int aLength, ulong b, int bLength) =>
        Math.Min(BitOperations.LeadingZeroCount(a ^ b) >> 3, Math.Min(aLength, bLength));
}
