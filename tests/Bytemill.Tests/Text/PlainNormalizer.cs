using System.Text;

using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Normalization Form C as UAX #15 tells it, over a list of code points.</summary>
/// <remarks>
/// Its decompositions and compositions are read off the official test file, so that a fault in the generated tables
/// shows too. Only combining classes come from the tables.
/// </remarks>
internal static class PlainNormalizer
{
    private static readonly Dictionary<int, int[]> s_decompositions = [];
    private static readonly Dictionary<(int, int), int> s_compositions = [];

    static PlainNormalizer()
    {
        foreach (NormalizationTestFile.Row row in NormalizationTestFile.Rows)
        {
            if (row.Part == 1 && row.Source.Length == 1 && !row.Source.SequenceEqual(row.Nfd))
            {
                s_decompositions[row.Source[0]] = row.Nfd;
            }
        }

        // Whatever decomposes and is its own NFC is composed: of the composite of all its parts but the last, and the last.
        Dictionary<string, int> composites = NormalizationTestFile.Rows
            .Where(row => row.Part == 1 && row.Source.Length == 1 && row.Source.SequenceEqual(row.Nfc))
            .ToDictionary(row => string.Join(' ', row.Nfd), row => row.Source[0]);
        foreach (int composite in composites.Values.Where(s_decompositions.ContainsKey))
        {
            int[] parts = s_decompositions[composite];
            int first = parts.Length == 2 ? parts[0] : composites[string.Join(' ', parts.SkipLast(1))];
            s_compositions[(first, parts[^1])] = composite;
        }
    }

    public static IEnumerable<int> Decomposed => s_decompositions.Keys;

    /// <summary>Normalises UTF-8; each ill-formed byte stands apart.</summary>
    public static byte[] ToNfc(byte[] text)
    {
        using var result = new MemoryStream();
        var run = new List<int>();
        for (int i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf8(text.AsSpan(i), out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                run.Add(rune.Value);
                i += length;
            }
            else
            {
                Flush();
                result.WriteByte(text[i++]);
            }
        }

        Flush();
        return result.ToArray();

        void Flush()
        {
            foreach (int codePoint in ToNfc(run))
            {
                result.Write(RandomText.Encode(codePoint));
            }

            run.Clear();
        }
    }

    public static List<int> ToNfc(IEnumerable<int> codePoints)
    {
        List<int> text = codePoints.SelectMany(c => s_decompositions.TryGetValue(c, out int[]? parts) ? parts : [c]).ToList();

        // Canonical ordering: exchange neighbours until none is out of order.
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < text.Count; i++)
            {
                if (Ccc(text[i]) != 0 && Ccc(text[i - 1]) > Ccc(text[i]))
                {
                    (text[i - 1], text[i]) = (text[i], text[i - 1]);
                    changed = true;
                }
            }
        }

        // D117: each character composes with the last starter before it, unless blocked from it.
        for (int i = 1; i < text.Count; i++)
        {
            int starter = i - 1;
            while (starter >= 0 && Ccc(text[starter]) != 0)
            {
                starter--;
            }

            bool blocked = Enumerable.Range(starter + 1, i - starter - 1).Any(between => Ccc(text[between]) >= Ccc(text[i]));
            if (starter >= 0 && !blocked && s_compositions.TryGetValue((text[starter], text[i]), out int composite))
            {
                text[starter] = composite;
                text.RemoveAt(i--);
            }
        }

        return text;
    }

    public static int Ccc(int codePoint) => UnicodeData.CombiningClass(UnicodeData.Class(codePoint));
}
