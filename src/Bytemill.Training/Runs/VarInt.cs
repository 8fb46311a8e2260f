using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>Unsigned numbers in 7-bit groups, lowest first (LEB128).</summary>
internal static class VarInt
{
    public const int MaxBytes = 10;

    /// <returns>Bytes written, 1 to 10.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(Span<byte> target, ulong value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            target[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[i] = (byte)value;
        return i + 1;
    }

    /// <summary>Reads a number and moves <paramref name="position"/> behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ReadOnlySpan<byte> source, ref int position)
    {
        ulong first = source[position++];
        return first < 0x80 ? first : ReadLong(source, ref position, first & 0x7F);
    }

    private static ulong ReadLong(ReadOnlySpan<byte> source, ref int position, ulong value)
    {
        for (int shift = 7; ; shift += 7)
        {
            ulong next = source[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
