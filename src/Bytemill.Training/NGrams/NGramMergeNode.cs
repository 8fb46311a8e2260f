using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Bytemill.Training;

/// <summary>The union of two sorted streams; counts of the same n-gram are added up, checked.</summary>
internal sealed class NGramMergeNode : NGramStream
{
    private readonly NGramStream _a;
    private readonly NGramStream _b;
    private int _aPosition;
    private int _bPosition;

    public NGramMergeNode(NGramStream a, NGramStream b)
    {
        (_a, _b) = (a, b);
    }

    public override bool Fill()
    {
        int filled = 0;
        while (filled < NGramBatch.Capacity)
        {
            bool hasA = Has(_a, ref _aPosition);
            bool hasB = Has(_b, ref _bPosition);
            if (hasA && hasB)
            {
                filled = Merge(filled);
            }
            else if (hasA)
            {
                filled = Copy(_a.Batch, ref _aPosition, filled);
            }
            else if (hasB)
            {
                filled = Copy(_b.Batch, ref _bPosition, filled);
            }
            else
            {
                break;
            }
        }

        Batch.Count = filled;
        return filled > 0;
    }

    private static bool Has(NGramStream stream, ref int position)
    {
        if (position < stream.Batch.Count)
        {
            return true;
        }

        position = 0;
        return stream.Fill();
    }

    private int Copy(NGramBatch source, ref int position, int filled)
    {
        int count = Math.Min(source.Count - position, NGramBatch.Capacity - filled);
        source.Keys.AsSpan(position, count).CopyTo(Batch.Keys.AsSpan(filled));
        source.Lengths.AsSpan(position, count).CopyTo(Batch.Lengths.AsSpan(filled));
        source.Counts.AsSpan(position, count).CopyTo(Batch.Counts.AsSpan(filled));
        position += count;
        return filled + count;
    }

    // Which side is less is a coin toss, so nothing branches on it: each step takes 0 or 1 entries of either side.
    private int Merge(int filled)
    {
        nint a = _aPosition;
        nint b = _bPosition;
        int end = filled + Math.Min(NGramBatch.Capacity - filled, Math.Min(_a.Batch.Count - _aPosition, _b.Batch.Count - _bPosition));
        // SAFETY: in as many steps as the shorter side has entries left, neither side nor the room runs out.
        ref ulong aKeys = ref MemoryMarshal.GetArrayDataReference(_a.Batch.Keys);
        ref ulong bKeys = ref MemoryMarshal.GetArrayDataReference(_b.Batch.Keys);
        ref byte aLengths = ref MemoryMarshal.GetArrayDataReference(_a.Batch.Lengths);
        ref byte bLengths = ref MemoryMarshal.GetArrayDataReference(_b.Batch.Lengths);
        ref long aCounts = ref MemoryMarshal.GetArrayDataReference(_a.Batch.Counts);
        ref long bCounts = ref MemoryMarshal.GetArrayDataReference(_b.Batch.Counts);
        ref ulong keys = ref MemoryMarshal.GetArrayDataReference(Batch.Keys);
        ref byte lengths = ref MemoryMarshal.GetArrayDataReference(Batch.Lengths);
        ref long counts = ref MemoryMarshal.GetArrayDataReference(Batch.Counts);
        long overflow = 0;
        for (; filled < end; filled++)
        {
            ulong aKey = Unsafe.Add(ref aKeys, a);
            ulong bKey = Unsafe.Add(ref bKeys, b);
            int aLength = Unsafe.Add(ref aLengths, a);
            int bLength = Unsafe.Add(ref bLengths, b);
            int same = Bit(aKey == bKey);
            int takeA = Bit(aKey < bKey) | (same & Bit(aLength <= bLength));
            int takeB = Bit(aKey > bKey) | (same & Bit(aLength >= bLength));
            Unsafe.Add(ref keys, filled) = Math.Min(aKey, bKey);
            Unsafe.Add(ref lengths, filled) = (byte)(takeA != 0 ? aLength : bLength);
            long sum = (Unsafe.Add(ref aCounts, a) & -takeA) + (Unsafe.Add(ref bCounts, b) & -takeB);
            Unsafe.Add(ref counts, filled) = sum;
            // Two positive counts overflow into the sign.
            overflow |= sum;
            a += takeA;
            b += takeB;
        }

        if (overflow < 0)
        {
            throw new OverflowException("The count of an n-gram exceeds 64 bits.");
        }

        (_aPosition, _bPosition) = ((int)a, (int)b);
        return filled;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bit(bool value) => value ? 1 : 0;
}
