using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Decomposes, orders and composes one segment; its buffers are used again.</summary>
internal sealed class NfcSegment
{
    // A code point with its combining class above it. An ill-formed byte is a starter above all code points.
    private const int ClassShift = 24;
    private const uint CodePointMask = (1 << ClassShift) - 1;
    private const uint IllFormed = 1 << 21;

    // Longer runs of marks are sorted by counting; shorter ones are quicker by insertion.
    private const int LongRun = 24;

    // Larger buffers than this (code points) are not kept.
    private const int KeptLength = 1 << 14;

    [ThreadStatic]
    private static NfcSegment? s_instance;

    private uint[] _characters = new uint[64];
    private uint[] _sorted = [];
    private byte[] _bytes = new byte[256];
    private int _count;

    /// <summary>The one of the current thread.</summary>
    public static NfcSegment OfThread => s_instance ??= new NfcSegment();

    /// <summary>Normalization Form C of <paramref name="segment"/>; valid until the next call.</summary>
    /// <remarks>O(length).</remarks>
    public ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> segment)
    {
        if (_characters.Length > KeptLength)
        {
            _characters = new uint[64];
            _sorted = [];
            _bytes = new byte[256];
        }

        Decompose(segment);
        Order();
        Compose();
        return Encode();
    }

    private void Decompose(ReadOnlySpan<byte> segment)
    {
        _count = 0;
        for (int i = 0; i < segment.Length;)
        {
            int codePoint = Utf8Decoder.Decode(segment, i, out int length);
            if (codePoint < 0)
            {
                Add(IllFormed | segment[i]);
            }
            else
            {
                AddDecomposed(codePoint);
            }

            i += length;
        }
    }

    // Only the first part of a decomposition decomposes again, and that no more than three times.
    private void AddDecomposed(int codePoint)
    {
        if (!UnicodeData.TryDecompose(codePoint, out int first, out int second))
        {
            Add(WithClass(codePoint));
            return;
        }

        AddDecomposed(first);
        if (second != 0)
        {
            Add(WithClass(second));
        }
    }

    private static uint WithClass(int codePoint) =>
        ((uint)UnicodeData.CombiningClass(UnicodeData.Class(codePoint)) << ClassShift) | (uint)codePoint;

    private void Add(uint character)
    {
        if (_count == _characters.Length)
        {
            Array.Resize(ref _characters, checked(_count * 2));
        }

        _characters[_count++] = character;
    }

    private void Order()
    {
        for (int i = 0; i < _count;)
        {
            int start = i;
            while (i < _count && _characters[i] >> ClassShift != 0)
            {
                i++;
            }

            if (i - start > LongRun)
            {
                SortByCounting(_characters.AsSpan(start, i - start));
            }
            else
            {
                SortByInsertion(_characters.AsSpan(start, i - start));
            }

            i++;
        }
    }

    private static void SortByInsertion(Span<uint> run)
    {
        for (int i = 1; i < run.Length; i++)
        {
            uint character = run[i];
            int j = i;
            for (; j > 0 && run[j - 1] >> ClassShift > character >> ClassShift; j--)
            {
                run[j] = run[j - 1];
            }

            run[j] = character;
        }
    }

    private void SortByCounting(Span<uint> run)
    {
        if (_sorted.Length < run.Length)
        {
            _sorted = new uint[run.Length];
        }

        Span<int> next = stackalloc int[257];
        next.Clear();
        foreach (uint character in run)
        {
            next[(int)(character >> ClassShift) + 1]++;
        }

        for (int i = 1; i < next.Length; i++)
        {
            next[i] += next[i - 1];
        }

        foreach (uint character in run)
        {
            _sorted[next[(int)(character >> ClassShift)]++] = character;
        }

        _sorted.AsSpan(0, run.Length).CopyTo(run);
    }

    private void Compose()
    {
        int starter = -1;
        uint lastClass = 0;
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            uint character = _characters[i];
            uint combiningClass = character >> ClassShift;

            // Next to the starter, or behind kept marks of lower classes only.
            if (starter >= 0 && (kept - 1 == starter || lastClass < combiningClass))
            {
                int composite = UnicodeData.Compose((int)_characters[starter], (int)(character & CodePointMask));
                if (composite >= 0)
                {
                    _characters[starter] = (uint)composite;
                    continue;
                }
            }

            if (combiningClass == 0)
            {
                starter = kept;
            }

            lastClass = combiningClass;
            _characters[kept++] = character;
        }

        _count = kept;
    }

    private ReadOnlySpan<byte> Encode()
    {
        if (_bytes.Length / 4 < _count)
        {
            _bytes = new byte[checked(_characters.Length * 4)];
        }

        int length = 0;
        foreach (uint character in _characters.AsSpan(0, _count))
        {
            uint codePoint = character & CodePointMask;
            if ((codePoint & IllFormed) != 0)
            {
                _bytes[length++] = (byte)codePoint;
            }
            else
            {
                length += new Rune(codePoint).EncodeToUtf8(_bytes.AsSpan(length));
            }
        }

        return _bytes.AsSpan(0, length);
    }
}
