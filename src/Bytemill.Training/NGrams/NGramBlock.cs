using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>The layout of a block of sorted n-grams with their counts: columns, so that no entry waits for the one before.</summary>
/// <remarks>
/// Entries (u32), bytes of the second column (u32), of the third (u32), then the columns. First, one byte per entry: bytes shared
/// with the entry before (bits 0-2; none in a block's first), length less 1 (bits 3-5), count less 1 or 3 (bits 6-7). Second: the
/// bytes not shared. Third, of counts from 4 up: one byte, count less 4; or 255 and the count (i64). Little endian.
/// </remarks>
internal static class NGramBlock
{
    public const int Entries = 16 << 10;
    public const int HeaderBytes = 12;
    public const int SmallestLarge = 4;
    public const byte Wide = byte.MaxValue;
    public const int WideBytes = 1 + sizeof(long);

    /// <summary>The bytes of <paramref name="key"/> after the first <paramref name="shared"/>, 0 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rest(ulong key, int shared) => key << (8 * shared);

    /// <summary>The first <paramref name="shared"/> (0 to 7) bytes of one key, and the next <paramref name="rest"/> (1 to 8) from the top of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Join(ulong key, int shared, ulong bytes, int rest) =>
        (key & ~(ulong.MaxValue >> (8 * shared))) | ((bytes & (ulong.MaxValue << (64 - (8 * rest)))) >> (8 * shared));
}
