using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Bytemill.Corpus;

/// <summary>Tells whether two readings saw the same text: a hash for each group, whose sum does not depend on who read which group when.</summary>
public sealed class TextDigest
{
    private const long Null = -1;

    private readonly XxHash3 _hash = new();

    /// <summary>Adds the next row of the group.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="isNull">Whether it has none.</param>
    public void Append(ReadOnlySpan<byte> text, bool isNull)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, isNull ? Null : text.Length);
        _hash.Append(length);
        _hash.Append(text);
    }

    /// <summary>Ends the group and begins another one.</summary>
    /// <param name="fingerprint">Of the file: the digest is the same in a job that reads other files beside it.</param>
    /// <param name="group">Index of the group.</param>
    /// <returns>XxHash3 of the lengths and texts of its rows, of which file and group they are.</returns>
    public ulong End(string fingerprint, int group)
    {
        Span<byte> place = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(place, group);
        _hash.Append(MemoryMarshal.AsBytes(fingerprint.AsSpan()));
        _hash.Append(place);
        ulong hash = _hash.GetCurrentHashAsUInt64();
        _hash.Reset();
        return hash;
    }
}
