using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Bytemill.Corpus;

/// <summary>Writes definition and repetition levels as runs of equal ones, in the hybrid encoding of pages of version 1.</summary>
internal static class LevelEncoder
{
    /// <summary>Writes levels with their length before them.</summary>
    public static void Write(ReadOnlySpan<byte> levels, int maxLevel, ArrayBufferWriter<byte> output)
    {
        int lengthAt = output.WrittenCount;
        output.Write(stackalloc byte[sizeof(int)]);
        int width = (BitOperations.Log2((uint)maxLevel) / 8) + 1;
        while (!levels.IsEmpty)
        {
            byte level = levels[0];
            int run = levels.IndexOfAnyExcept(level);
            run = run < 0 ? levels.Length : run;
            if (run < 8 && levels.Length > run)
            {
                // Groups of eight, bit-packed; the last one is filled up and must be the last of all.
                int groups = 0;
                do
                {
                    groups++;
                }
                while (groups < 63 && groups * 8 < levels.Length && IsMixed(levels[(groups * 8)..]));

                WritePacked(levels[..Math.Min(levels.Length, groups * 8)], groups, maxLevel, output);
                levels = levels[Math.Min(levels.Length, groups * 8)..];
                continue;
            }

            WriteVarint(output, (uint)run << 1);
            Span<byte> value = output.GetSpan(width);
            value[..width].Clear();
            value[0] = level;
            output.Advance(width);
            levels = levels[run..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(
            System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span[lengthAt..], output.WrittenCount - lengthAt - sizeof(int));
    }

    private static bool IsMixed(ReadOnlySpan<byte> levels) => levels[..Math.Min(8, levels.Length)].IndexOfAnyExcept(levels[0]) >= 0;

    private static void WritePacked(ReadOnlySpan<byte> levels, int groups, int maxLevel, ArrayBufferWriter<byte> output)
    {
        int bits = BitOperations.Log2((uint)maxLevel) + 1;
        WriteVarint(output, ((uint)groups << 1) | 1);
        int bytes = groups * bits;
        Span<byte> packed = output.GetSpan(bytes)[..bytes];
        packed.Clear();
        for (int i = 0; i < levels.Length; i++)
        {
            for (int bit = 0; bit < bits; bit++)
            {
                int at = (i * bits) + bit;
                packed[at >> 3] |= (byte)(((levels[i] >> bit) & 1) << (at & 7));
            }
        }

        output.Advance(bytes);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> output, uint value)
    {
        Span<byte> bytes = output.GetSpan(5);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        output.Advance(length);
    }
}
