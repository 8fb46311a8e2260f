using System.Buffers.Binary;
using System.IO.Hashing;

namespace Bytemill.Pipeline;

/// <summary>A row's place in the shuffled order: by hash, which is as good as drawn; rows of one hash by where they come from.</summary>
/// <param name="Hash">Of seed, epoch and the other two.</param>
/// <param name="Source">Input file and part of a split.</param>
/// <param name="Row">0-based index of the row among those of the source.</param>
internal readonly record struct ShuffleKey(ulong Hash, int Source, long Row) : IComparable<ShuffleKey>
{
    /// <summary>The place of a row.</summary>
    public static ShuffleKey Of(ulong seed, int epoch, int source, long row)
    {
        Span<byte> key = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(key, seed);
        BinaryPrimitives.WriteInt32LittleEndian(key[8..], epoch);
        BinaryPrimitives.WriteInt32LittleEndian(key[12..], source);
        BinaryPrimitives.WriteInt64LittleEndian(key[16..], row);
        return new ShuffleKey(XxHash3.HashToUInt64(key), source, row);
    }

    /// <summary>Which of so many slices of the order the row is in: the hashes are cut into ranges of one size.</summary>
    public int SliceOf(int slices) => (int)((UInt128)Hash * (uint)slices >> 64);

    public int CompareTo(ShuffleKey other)
    {
        int order = Hash.CompareTo(other.Hash);
        order = order != 0 ? order : Source.CompareTo(other.Source);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }
}
