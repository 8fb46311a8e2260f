using System.Buffers;
using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>Lookups in the Unicode Character Database, of one version whatever the platform has.</summary>
internal static partial class UnicodeData
{
    private const int HangulFirst = 0xAC00;
    private const int HangulCount = 11_172;
    private const int LeadFirst = 0x1100;
    private const int LeadCount = 19;
    private const int VowelFirst = 0x1161;
    private const int VowelCount = 21;

    // The trailing consonant of index 0 is none at all.
    private const int TrailBase = 0x11A7;
    private const int TrailCount = 28;

    // At most half full, so that probing ends soon.
    private const int TableBits = 12;
    private const uint SlotMask = (1 << TableBits) - 1;
    private const int CodePointMask = (1 << 21) - 1;

    private static readonly bool[] s_isUnsafeLead = CreateUnsafeLeads();
    private static readonly SearchValues<byte> s_unsafeLeads = CreateSearch(s_isUnsafeLead);
    private static readonly SearchValues<byte> s_digitOrNewlineLeads = CreateSearch(CreateDigitLeads());

    // (first << 42) | (second << 21) | composite, 0 for an empty slot.
    private static readonly ulong[] s_compositions = CreateCompositions();

    // (code point << 42) | (first << 21) | second, 0 for an empty slot.
    private static readonly ulong[] s_decompositions = CreateDecompositions();

    /// <summary>First bytes of every code point whose class is not 0, and of some others; no continuation bytes.</summary>
    public static SearchValues<byte> UnsafeLeads => s_unsafeLeads;

    /// <summary>The same by byte: quicker for one byte at a time.</summary>
    public static ReadOnlySpan<bool> IsUnsafeLead => s_isUnsafeLead;

    /// <summary>First bytes of every digit and of some other code points, and the newline.</summary>
    public static SearchValues<byte> DigitOrNewlineLeads => s_digitOrNewlineLeads;

    /// <summary>0 for a starter that never composes with what is before it; the other values go with the functions below.</summary>
    /// <param name="codePoint">A code point, or -1 for an ill-formed byte, which is of class 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Class(int codePoint) =>
        (uint)codePoint < ClassLimit ? Classes[(ClassBlocks[codePoint >> 6] << 6) | (codePoint & 63)] : 0;

    /// <summary>Canonical combining class of a normalization class.</summary>
    public static int CombiningClass(int normalizationClass) => CombiningClasses[normalizationClass];

    /// <summary>NFC quick check is Yes.</summary>
    public static bool IsComposed(int normalizationClass) => normalizationClass < FirstMaybeClass;

    /// <summary>NFC quick check is Maybe.</summary>
    public static bool MayCompose(int normalizationClass) => normalizationClass is >= FirstMaybeClass and < FirstNoClass;

    /// <summary>Category Nd.</summary>
    public static bool IsDecimalDigit(int codePoint)
    {
        if (codePoint < 0x80)
        {
            return (uint)(codePoint - '0') < 10;
        }

        int range = DigitLasts.BinarySearch<int, int>(codePoint);
        range = range < 0 ? ~range : range;
        return range < DigitFirsts.Length && DigitFirsts[range] <= codePoint;
    }

    /// <summary>One step of canonical decomposition; the second part is 0 when there is none.</summary>
    public static bool TryDecompose(int codePoint, out int first, out int second)
    {
        first = second = 0;
        int hangul = codePoint - HangulFirst;
        if ((uint)hangul < HangulCount)
        {
            int trail = hangul % TrailCount;
            first = trail != 0 ? codePoint - trail : LeadFirst + (hangul / (VowelCount * TrailCount));
            second = trail != 0 ? TrailBase + trail : VowelFirst + (hangul / TrailCount % VowelCount);
            return true;
        }

        // The first decomposition is that of U+00C0.
        if (codePoint < 0xC0)
        {
            return false;
        }

        for (uint slot = Slot((ulong)codePoint); ; slot = (slot + 1) & SlotMask)
        {
            ulong entry = s_decompositions[slot];
            if (entry == 0)
            {
                return false;
            }

            if (entry >> 42 == (ulong)codePoint)
            {
                first = (int)(entry >> 21) & CodePointMask;
                second = (int)entry & CodePointMask;
                return true;
            }
        }
    }

    /// <summary>The primary composite of two code points, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if ((uint)(first - LeadFirst) < LeadCount && (uint)(second - VowelFirst) < VowelCount)
        {
            return HangulFirst + ((((first - LeadFirst) * VowelCount) + second - VowelFirst) * TrailCount);
        }

        if ((uint)(first - HangulFirst) < HangulCount && (first - HangulFirst) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount)
        {
            return first + second - TrailBase;
        }

        ulong pair = ((ulong)first << 21) | (uint)second;
        for (uint slot = Slot(pair); ; slot = (slot + 1) & SlotMask)
        {
            ulong entry = s_compositions[slot];
            if (entry == 0)
            {
                return -1;
            }

            if (entry >> 21 == pair)
            {
                return (int)entry & CodePointMask;
            }
        }
    }

    private static uint Slot(ulong key) => (uint)((key * 0x9E3779B97F4A7C15) >> (64 - TableBits));

    private static ulong[] CreateCompositions()
    {
        var table = new ulong[1 << TableBits];
        for (int i = 0; i < CompositionCount; i++)
        {
            ulong pair = ((ulong)DecomposedFirst[i] << 21) | (uint)DecomposedSecond[i];
            Insert(table, pair, (pair << 21) | (uint)Decomposed[i]);
        }

        return table;
    }

    private static ulong[] CreateDecompositions()
    {
        var table = new ulong[1 << TableBits];
        for (int i = 0; i < Decomposed.Length; i++)
        {
            ulong parts = ((ulong)DecomposedFirst[i] << 21) | (uint)DecomposedSecond[i];
            Insert(table, (ulong)Decomposed[i], ((ulong)Decomposed[i] << 42) | parts);
        }

        return table;
    }

    private static void Insert(ulong[] table, ulong key, ulong entry)
    {
        uint slot = Slot(key);
        while (table[slot] != 0)
        {
            slot = (slot + 1) & SlotMask;
        }

        table[slot] = entry;
    }

    private static bool[] CreateUnsafeLeads()
    {
        var leads = new bool[256];
        for (int codePoint = 0; codePoint < ClassLimit; codePoint++)
        {
            leads[FirstByte(codePoint)] |= Class(codePoint) != 0;
        }

        return leads;
    }

    private static bool[] CreateDigitLeads()
    {
        var leads = new bool[256];
        leads['\n'] = true;
        for (int range = 0; range < DigitFirsts.Length; range++)
        {
            for (int codePoint = DigitFirsts[range]; codePoint <= DigitLasts[range]; codePoint++)
            {
                leads[FirstByte(codePoint)] = true;
            }
        }

        return leads;
    }

    private static SearchValues<byte> CreateSearch(bool[] leads) =>
        SearchValues.Create(Enumerable.Range(0, leads.Length).Where(lead => leads[lead]).Select(lead => (byte)lead).ToArray());

    private static int FirstByte(int codePoint) => codePoint switch
    {
        < 0x80 => codePoint,
        < 0x800 => 0xC0 | (codePoint >> 6),
        < 0x10000 => 0xE0 | (codePoint >> 12),
        _ => 0xF0 | (codePoint >> 18),
    };
}
