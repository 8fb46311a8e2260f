namespace Bytemill.Training;

/// <summary>Sorts 64-bit keys by their bytes: by the top byte until a part fits the cache, then from the bottom up inside it.</summary>
internal static unsafe class KeySorter
{
    private const int InsertionLength = 48;

    // 16 384 keys and their copy are 256 kB: half of a usual second-level cache.
    private const int CacheLength = 16 << 10;
    private const int Radix = 256;

    /// <summary>Sorts <paramref name="keys"/> ascending. Only the bytes from <paramref name="lowestByte"/> (0 is the least significant) up may differ. <paramref name="temp"/> is room for as many.</summary>
    public static void Sort(ulong* keys, ulong* temp, long count, int lowestByte) =>
        Sort(keys, temp, count, 7, lowestByte, toTemp: false);

    private static void Sort(ulong* keys, ulong* temp, long count, int digit, int lowest, bool toTemp)
    {
        if (count <= InsertionLength)
        {
            InsertionSort(keys, (int)count);
            if (toTemp)
            {
                Copy(keys, temp, count);
            }
        }
        else if (digit < lowest)
        {
            if (toTemp)
            {
                Copy(keys, temp, count);
            }
        }
        else if (count <= CacheLength)
        {
            SortInCache(keys, temp, (int)count, digit, lowest, toTemp);
        }
        else
        {
            SortByTopDigit(keys, temp, count, digit, lowest, toTemp);
        }
    }

    private static void SortByTopDigit(ulong* keys, ulong* temp, long count, int digit, int lowest, bool toTemp)
    {
        // SAFETY: offsets are prefix sums of the histogram over the same keys, so every write lies in [0, count).
        long* offsets = stackalloc long[Radix + 1];
        new Span<long>(offsets, Radix + 1).Clear();
        int shift = 8 * digit;
        for (long i = 0; i < count; i++)
        {
            offsets[(byte)(keys[i] >> shift)]++;
        }

        if (offsets[(byte)(keys[0] >> shift)] == count)
        {
            Sort(keys, temp, count, digit - 1, lowest, toTemp);
            return;
        }

        long sum = 0;
        for (int d = 0; d < Radix; d++)
        {
            (offsets[d], sum) = (sum, sum + offsets[d]);
        }

        for (long i = 0; i < count; i++)
        {
            ulong key = keys[i];
            temp[offsets[(byte)(key >> shift)]++] = key;
        }

        // Each offset has moved to the end of its part.
        long start = 0;
        for (int d = 0; d < Radix; d++)
        {
            long end = offsets[d];
            if (end > start)
            {
                Sort(temp + start, keys + start, end - start, digit - 1, lowest, !toTemp);
            }

            start = end;
        }
    }

    private static void SortInCache(ulong* keys, ulong* temp, int count, int digit, int lowest, bool toTemp)
    {
        int digits = digit - lowest + 1;
        int* histograms = stackalloc int[8 * Radix];
        new Span<int>(histograms, digits * Radix).Clear();
        int lowShift = 8 * lowest;
        for (int i = 0; i < count; i++)
        {
            ulong key = keys[i] >> lowShift;
            int* histogram = histograms;
            for (int d = 0; d < digits; d++)
            {
                histogram[(byte)key]++;
                histogram += Radix;
                key >>= 8;
            }
        }

        ulong* source = keys;
        ulong* target = temp;
        for (int d = 0; d < digits; d++)
        {
            int* offsets = histograms + (d * Radix);
            int shift = lowShift + (8 * d);
            if (offsets[(byte)(source[0] >> shift)] == count)
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
                ulong key = source[i];
                target[offsets[(byte)(key >> shift)]++] = key;
            }

            ulong* swapped = source;
            source = target;
            target = swapped;
        }

        if ((source == temp) != toTemp)
        {
            Copy(source, target, count);
        }
    }

    private static void InsertionSort(ulong* keys, int count)
    {
        for (int i = 1; i < count; i++)
        {
            ulong key = keys[i];
            int j = i;
            for (; j > 0 && keys[j - 1] > key; j--)
            {
                keys[j] = keys[j - 1];
            }

            keys[j] = key;
        }
    }

    private static void Copy(ulong* source, ulong* target, long count) =>
        Buffer.MemoryCopy(source, target, count * sizeof(ulong), count * sizeof(ulong));
}
