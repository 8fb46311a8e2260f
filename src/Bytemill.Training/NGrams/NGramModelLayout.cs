using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>Where things lie in an n-gram model file. Little endian.</summary>
/// <remarks>
/// <para>
/// A score is ln c(w₁…wₙ) − ln c(w₁…wₙ₋₁). The first is known of the n-gram that ends at a byte, the second of the shorter one that ends at
/// the byte before: so the file holds counts, not scores. There are few distinct ones; each is an index into a table of their logarithms.
/// </para>
/// <para>
/// File: header of 64 bytes (magic, version, order, bytes of an index, 0; c(); number of distinct counts); logarithms: −∞, which index 0 means, then
/// ln of each distinct count, ascending; index of each byte; index of each pair, the first byte being the low one; from length 3 on a table per
/// length; directory: per length 1 to 8 the number of n-grams, the capacity, the slots and the offset of the table; length of the file; XxHash3
/// of all before it (u64), end magic. Sections begin at multiples of 64.
/// </para>
/// <para>
/// A table is a hash table with linear probing. The hash maps the n bytes to n bytes, one to one, and stands in the slot instead of them;
/// behind it the indexes of the n-gram's last 3, 4 … n bytes, all of which are kept when it is. A slot's home is proportional to the hash, and the slots of a table
/// ascend by hash: each n-gram lies at its home or right behind the one before. So the file depends on the n-grams alone, and a
/// search ends at the first larger hash. Empty slots hold the largest hash and index 0; one follows behind all others.
/// </para>
/// </remarks>
internal static class NGramModelLayout
{
    public const int HeaderBytes = 64;
    public const byte Version = 3;
    public const int Alignment = 64;

    /// <summary>Four numbers per length, and the length of the file.</summary>
    public const int DirectoryBytes = (4 * sizeof(long) * PackedNGram.MaxLength) + sizeof(long);

    /// <summary>Checksum and end magic.</summary>
    public const int TrailerBytes = 16;

    public const int Pairs = 1 << 16;

    /// <summary>Slots are read in blocks of up to 32 bytes; every section leaves as much behind it.</summary>
    public const int Padding = 32;

    private const ulong FirstFactor = 0x9E37_79B9_7F4A_7C15;
    private const ulong SecondFactor = 0xD6E8_FEB8_6659_FD93;

    public static ReadOnlySpan<byte> Magic => "BMNGM"u8;

    public static ReadOnlySpan<byte> EndMagic => "BMNGMEND"u8;

    /// <summary>Bytes of an index for so many distinct counts.</summary>
    public static int IndexBytes(long distinct) => distinct <= ushort.MaxValue ? sizeof(ushort) : sizeof(uint);

    /// <summary>Bytes of a slot. The commonest is rounded up so that it lies in one cache line.</summary>
    public static int SlotBytes(int length, int indexBytes) =>
        length == 6 && indexBytes == sizeof(ushort) ? 16 : length + ((length - 2) * indexBytes);

    /// <summary>Slots for so many n-grams, without those that are pushed over the end: three in five are taken.</summary>
    public static long Capacity(long ngrams) => ngrams + (ngrams * 2 / 3) + 1;

    /// <summary>An n-gram as the hash takes it: its bytes from the top down, the last one first; zeros below.</summary>
    public static ulong LastOnTop(ulong packed, int length) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(packed) << (64 - (8 * length));

    /// <summary>Maps n bytes on top to n bytes on top, one to one; zeros below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Hash(ulong lastOnTop, int length)
    {
        ulong hash = lastOnTop * FirstFactor;
        hash ^= (hash >> (4 * length)) & PackedNGram.Mask(length);
        return hash * SecondFactor;
    }

    /// <summary>Slot, part or other share of <paramref name="count"/> that a hash lies in; never falls as the hash grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Share(ulong hash, long count) => (long)Math.BigMul(hash, (ulong)count, out _);

    public static long Align(long offset) => (offset + Alignment - 1) & ~(Alignment - 1L);
}
