namespace Bytemill.Corpus;

/// <summary>Decodes the hybrid of runs and bit-packed groups in which levels and dictionary indices are written.</summary>
internal static class HybridDecoder
{
    /// <summary>Decodes as many numbers as there is room for.</summary>
    /// <param name="data">Runs.</param>
    /// <param name="bitWidth">Bits of a number, 0 to 32.</param>
    /// <param name="target">Receives them.</param>
    /// <exception cref="InvalidDataException">The data ends too early.</exception>
    public static void Decode(ReadOnlySpan<byte> data, int bitWidth, Span<int> target)
    {
        int at = 0;
        int width = (bitWidth + 7) / 8;
        while (!target.IsEmpty)
        {
            uint header = TakeVarint(data, ref at);
            if ((header & 1) == 0)
            {
                Require(data, at, width);
                int value = 0;
                for (int i = 0; i < width; i++)
                {
                    value |= data[at + i] << (8 * i);
                }

                at += width;
                int count = (int)Math.Min(header >> 1, (uint)target.Length);
                if (count == 0)
                {
                    throw new InvalidDataException("a run is empty");
                }

                target[..count].Fill(value);
                target = target[count..];
            }
            else
            {
                long groups = header >> 1;
                int count = (int)Math.Min(groups * 8, target.Length);
                if (count == 0)
                {
                    throw new InvalidDataException("a run is empty");
                }

                // The last group may lack the bytes that nobody needs.
                Require(data, at, (int)((((long)count * bitWidth) + 7) / 8));
                Unpack(data[at..], bitWidth, target[..count]);
                at = (int)Math.Min(data.Length, at + (groups * bitWidth));
                target = target[count..];
            }
        }
    }

    private static void Unpack(ReadOnlySpan<byte> data, int bitWidth, Span<int> target)
    {
        ulong mask = bitWidth == 32 ? uint.MaxValue : (1UL << bitWidth) - 1;
        ulong bits = 0;
        int have = 0;
        int at = 0;
        for (int i = 0; i < target.Length; i++)
        {
            while (have < bitWidth)
            {
                bits |= (ulong)data[at++] << have;
                have += 8;
            }

            target[i] = (int)(bits & mask);
            bits >>= bitWidth;
            have -= bitWidth;
        }
    }

    private static uint TakeVarint(ReadOnlySpan<byte> data, ref int at)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            Require(data, at, 1);
            byte next = data[at++];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("the length of a run is too large");
    }

    private static void Require(ReadOnlySpan<byte> data, int at, int count)
    {
        if (count > data.Length - at)
        {
            throw new InvalidDataException("its runs end too early");
        }
    }
}
