using System.Numerics;
using System.Runtime.CompilerServices;

namespace Bytemill.Training;

/// <summary>Sorts keys of 32 or 64 bits: by the top byte until a part fits the cache, then by vectors, or byte by byte from the bottom up.</summary>
internal static unsafe class KeySorter<T>
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    /// <summary>Keys sorted from the bottom up: they and their copy are 256 or 512 kB, half of a usual second-level cache at most.</summary>
    public const int CacheLength = 32 << 10;

    private const int InsertionLength = 32;
    private const int Radix = 256;

    // Digits whose histograms are taken in one reading of the keys.
    private const int DigitsAtOnce = 4;

    /// <summary>Sorts <paramref name="keys"/> ascending. Only the bytes from <paramref name="lowestByte"/> (0 is the least significant)
    /// up to <paramref name="highestByte"/> may differ. <paramref name="temp"/> is room for as many.</summary>
    public static void Sort(T* keys, T* temp, long count, int lowestByte, int highestByte) =>
        Sort(keys, temp, count, lowestByte, highestByte, VectorSorter.IsSupported);

    /// <summary>The same with the choice of how: vectors are for processors that have them, and for keys of 32 bits.</summary>
    internal static void Sort(T* keys, T* temp, long count, int lowestByte, int highestByte, bool useVectors) =>
        Sort(keys, temp, count, highestByte, lowestByte, toTemp: false, useVectors && typeof(T) == typeof(uint));

    private static void Sort(T* keys, T* temp, long count, int digit, int lowest, bool toTemp, bool useVectors)
    {
        if (count <= 1 || digit < lowest)
        {
            if (toTemp)
            {
                Copy(keys, temp, count);
            }
        }
        else if (useVectors && count <= VectorSorter.MaxLength)
        {
            VectorSorter.Sort((uint*)keys, (uint*)(toTemp ? temp : keys), (int)count);
        }
        else if (useVectors || count > CacheLength)
        {
            SortByTopDigit(keys, temp, count, digit, lowest, toTemp, useVectors);
        }
        else if (count <= InsertionLength)
        {
            InsertionSort(keys, (int)count);
            if (toTemp)
            {
                Copy(keys, temp, count);
            }
        }
        else
        {
            SortInCache(keys, temp, (int)count, digit, lowest, toTemp);
        }
    }

    private static void SortByTopDigit(T* keys, T* temp, long count, int digit, int lowest, bool toTemp, bool useVectors)
    {
        // SAFETY: offsets are prefix sums of the histogram over the same keys, so every write lies in [0, count).
        long* offsets = stackalloc long[Radix];
        new Span<long>(offsets, Radix).Clear();
        int shift = 8 * digit;
        for (long i = 0; i < count; i++)
        {
            offsets[Digit(keys[i], shift)]++;
        }

        if (offsets[Digit(keys[0], shift)] == count)
        {
            Sort(keys, temp, count, digit - 1, lowest, toTemp, useVectors);
            return;
        }

        long sum = 0;
        for (int d = 0; d < Radix; d++)
        {
            (offsets[d], sum) = (sum, sum + offsets[d]);
        }

        for (long i = 0; i < count; i++)
        {
            T key = keys[i];
            temp[offsets[Digit(key, shift)]++] = key;
        }

        // Each offset has moved to the end of its part.
        long start = 0;
        for (int d = 0; d < Radix; d++)
        {
            long end = offsets[d];
            if (end > start)
            {
                Sort(temp + start, keys + start, end - start, digit - 1, lowest, !toTemp, useVectors);
            }

            start = end;
        }
    }

    private static void SortInCache(T* keys, T* temp, int count, int digit, int lowest, bool toTemp)
    {
        int* histograms = stackalloc int[DigitsAtOnce * Radix];
        T* source = keys;
        T* target = temp;
        for (int low = lowest; low <= digit; low += DigitsAtOnce)
        {
            int digits = Math.Min(DigitsAtOnce, digit - low + 1);
            CountDigits(source, count, histograms, 8 * low);
            for (int d = 0; d < digits; d++)
            {
                int* offsets = histograms + (d * Radix);
                int shift = 8 * (low + d);
                if (offsets[Digit(source[0], shift)] == count)
                {
                    continue;
                }

                int sum = 0;
                for (int value = 0; value < Radix; value++)
                {
                    int next = sum + offsets[value];
                    offsets[value] = sum;
                    sum = next;
                }

                for (int i = 0; i < count; i++)
                {
                    T key = source[i];
                    target[offsets[Digit(key, shift)]++] = key;
                }

                T* swapped = source;
                source = target;
                target = swapped;
            }
        }

        if ((source == temp) != toTemp)
        {
            Copy(source, target, count);
        }
    }

    private static void CountDigits(T* keys, int count, int* histograms, int shift)
    {
        new Span<int>(histograms, DigitsAtOnce * Radix).Clear();
        for (int i = 0; i < count; i++)
        {
            uint key = uint.CreateTruncating(keys[i] >> shift);
            histograms[(byte)key]++;
            (histograms + Radix)[(byte)(key >> 8)]++;
            (histograms + (2 * Radix))[(byte)(key >> 16)]++;
            (histograms + (3 * Radix))[key >> 24]++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Digit(T key, int shift) => byte.CreateTruncating(key >> shift);

    private static void InsertionSort(T* keys, int count)
    {
        for (int i = 1; i < count; i++)
        {
            T key = keys[i];
            int j = i;
            for (; j > 0 && keys[j - 1] > key; j--)
            {
                keys[j] = keys[j - 1];
            }

            keys[j] = key;
        }
    }

    private static void Copy(T* source, T* target, long count) =>
        Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
}
