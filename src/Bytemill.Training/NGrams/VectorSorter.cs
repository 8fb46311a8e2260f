using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Bytemill.Training;

/// <summary>Sorts keys of 32 bits within the cache by a bitonic network, sixteen lanes at a time, without a branch on the data.</summary>
/// <remarks>
/// Every vector is sorted in itself, then sorted sequences of vectors are merged two by two. All comparisons put the lesser key first,
/// because a merge begins by comparing with the mirror image of its second half; so vectors that lack at the end need not be there.
/// </remarks>
internal static unsafe class VectorSorter
{
    /// <summary>Most keys sorted at once. Their copy takes 128 kB of the stack, a fraction of a usual second-level cache.</summary>
    public const int MaxLength = 32768;

    private const int Lanes = 16;

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    /// <summary>Writes the first <paramref name="count"/> (1 to <see cref="MaxLength"/>) keys in order to <paramref name="target"/>, which may be the same.</summary>
    [SkipLocalsInit]
    public static void Sort(uint* keys, uint* target, int count)
    {
        uint* buffer = stackalloc uint[MaxLength];
        if (count <= Lanes)
        {
            Vector512<uint>.AllBitsSet.Store(buffer);
            Copy(keys, buffer, count);
            SortVector(Vector512.Load(buffer)).Store(buffer);
            Copy(buffer, target, count);
            return;
        }

        SortVectors(keys, buffer, count);
        int vectors = (count + Lanes - 1) / Lanes;
        for (int half = 1; half < vectors; half *= 2)
        {
            for (int start = 0; start + half < vectors; start += 2 * half)
            {
                Merge(buffer + (start * Lanes), half, Math.Min(2 * half, vectors - start));
            }
        }

        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            Vector512.Load(buffer + i).Store(target + i);
        }

        // The last keys once more, so that nothing behind them is touched.
        Vector512.Load(buffer + count - Lanes).Store(target + count - Lanes);
    }

    // Sorts each vector; the greatest key stands for those that lack in the last.
    private static void SortVectors(uint* keys, uint* buffer, int count)
    {
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            SortVector(Vector512.Load(keys + i)).Store(buffer + i);
        }

        if (i < count)
        {
            // The last sixteen keys, without those that are in the vector before.
            Vector512<uint> last = Vector512.Load(keys + count - Lanes);
            Vector512<uint> isNew = Vector512.GreaterThanOrEqual(Vector512<uint>.Indices, Vector512.Create((uint)(Lanes - (count - i))));
            SortVector(Vector512.ConditionalSelect(isNew, last, Vector512<uint>.AllBitsSet)).Store(buffer + i);
        }
    }

    // Merges two sorted sequences, of `half` vectors and of the rest, at most as many. As if the second had as many, the last of them
    // greatest: no comparison would move these.
    private static void Merge(uint* keys, int half, int vectors)
    {
        for (int i = (2 * half) - vectors; i < half; i++)
        {
            uint* low = keys + (i * Lanes);
            uint* high = keys + (((2 * half) - 1 - i) * Lanes);
            Vector512<uint> a = Vector512.Load(low);
            Vector512<uint> b = Reverse(Vector512.Load(high));
            Vector512.Min(a, b).Store(low);
            Reverse(Vector512.Max(a, b)).Store(high);
        }

        int distance = half / 2;
        for (; distance > 1; distance /= 4)
        {
            int inner = distance / 2;
            int start = 0;
            for (; start + (4 * inner) <= vectors; start += 4 * inner)
            {
                ExchangeTwice(keys + (start * Lanes), inner * Lanes);
            }

            if (start < vectors)
            {
                ExchangeAt(keys + (start * Lanes), 2 * inner, vectors - start);
                ExchangeAt(keys + (start * Lanes), inner, Math.Min(2 * inner, vectors - start));
                ExchangeAt(keys + ((start + (2 * inner)) * Lanes), inner, vectors - start - (2 * inner));
            }
        }

        int at = 0;
        if (distance == 1)
        {
            for (; at + 1 < vectors; at += 2)
            {
                uint* pair = keys + (at * Lanes);
                Vector512<uint> a = Vector512.Load(pair);
                Vector512<uint> b = Vector512.Load(pair + Lanes);
                Finish(Vector512.Min(a, b)).Store(pair);
                Finish(Vector512.Max(a, b)).Store(pair + Lanes);
            }
        }

        for (; at < vectors; at++)
        {
            Finish(Vector512.Load(keys + (at * Lanes))).Store(keys + (at * Lanes));
        }
    }

    // Compares vectors twice `inner` keys apart, then `inner`, within four times as many keys.
    private static void ExchangeTwice(uint* keys, int inner)
    {
        for (int i = 0; i < inner; i += Lanes)
        {
            Vector512<uint> a = Vector512.Load(keys + i);
            Vector512<uint> b = Vector512.Load(keys + i + inner);
            Vector512<uint> c = Vector512.Load(keys + i + (2 * inner));
            Vector512<uint> d = Vector512.Load(keys + i + (3 * inner));
            Vector512<uint> lowA = Vector512.Min(a, c);
            Vector512<uint> lowB = Vector512.Min(b, d);
            Vector512<uint> highA = Vector512.Max(a, c);
            Vector512<uint> highB = Vector512.Max(b, d);
            Vector512.Min(lowA, lowB).Store(keys + i);
            Vector512.Max(lowA, lowB).Store(keys + i + inner);
            Vector512.Min(highA, highB).Store(keys + i + (2 * inner));
            Vector512.Max(highA, highB).Store(keys + i + (3 * inner));
        }
    }

    // Compares vectors `distance` apart, as far as both are there.
    private static void ExchangeAt(uint* keys, int distance, int vectors)
    {
        for (int i = 0; i < vectors - distance; i++)
        {
            uint* low = keys + (i * Lanes);
            uint* high = low + (distance * Lanes);
            Vector512<uint> a = Vector512.Load(low);
            Vector512<uint> b = Vector512.Load(high);
            Vector512.Min(a, b).Store(low);
            Vector512.Max(a, b).Store(high);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> SortVector(Vector512<uint> v)
    {
        v = Exchange1(v);
        v = Exchange(v, Vector512.Shuffle(v, Vector512.Create(3u, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)), Upper(2));
        v = Exchange1(v);
        v = Exchange(v, Vector512.Shuffle(v, Vector512.Create(7u, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8)), Upper(4));
        v = Exchange2(v);
        v = Exchange1(v);
        v = Exchange(v, Reverse(v), Upper(8));
        v = Exchange4(v);
        v = Exchange2(v);
        return Exchange1(v);
    }

    // Sorts a bitonic vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Finish(Vector512<uint> v)
    {
        v = Exchange(v, Vector512.Shuffle(v, Vector512.Create(8u, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)), Upper(8));
        v = Exchange4(v);
        v = Exchange2(v);
        return Exchange1(v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Exchange4(Vector512<uint> v) =>
        Exchange(v, Vector512.Shuffle(v, Vector512.Create(4u, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)), Upper(4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Exchange2(Vector512<uint> v) =>
        Exchange(v, Vector512.Shuffle(v, Vector512.Create(2u, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)), Upper(2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Exchange1(Vector512<uint> v) =>
        Exchange(v, Vector512.Shuffle(v, Vector512.Create(1u, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)), Upper(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Exchange(Vector512<uint> v, Vector512<uint> partner, Vector512<uint> upper) =>
        Vector512.ConditionalSelect(upper, Vector512.Max(v, partner), Vector512.Min(v, partner));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Reverse(Vector512<uint> v) =>
        Vector512.Shuffle(v, Vector512.Create(15u, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    // Lanes whose index has the bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Upper(uint bit) => bit switch
    {
        1 => Vector512.Create(0u, ~0u, 0, ~0u, 0, ~0u, 0, ~0u, 0, ~0u, 0, ~0u, 0, ~0u, 0, ~0u),
        2 => Vector512.Create(0u, 0, ~0u, ~0u, 0, 0, ~0u, ~0u, 0, 0, ~0u, ~0u, 0, 0, ~0u, ~0u),
        4 => Vector512.Create(0u, 0, 0, 0, ~0u, ~0u, ~0u, ~0u, 0, 0, 0, 0, ~0u, ~0u, ~0u, ~0u),
        _ => Vector512.Create(0u, 0, 0, 0, 0, 0, 0, 0, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u),
    };

    private static void Copy(uint* source, uint* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] = source[i];
        }
    }
}
