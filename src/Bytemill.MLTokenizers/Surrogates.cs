namespace Bytemill.MLTokenizers;

/// <summary>Halves of surrogate pairs without the other half, which UTF-8 cannot hold.</summary>
internal static class Surrogates
{
    /// <summary>Index of the first lone surrogate, or -1.</summary>
    public static int FindLone(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                int next = text[i..].IndexOfAnyInRange('\uD800', '\uDFFF');
                if (next < 0)
                {
                    return -1;
                }

                i += next;
            }

            if (char.IsLowSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
            {
                return i;
            }

            i++;
        }

        return -1;
    }

    /// <summary>The text with U+FFFD for each lone surrogate, of the same length; null where there is none.</summary>
    public static string? Replace(ReadOnlySpan<char> text)
    {
        if (FindLone(text) < 0)
        {
            return null;
        }

        char[] replaced = text.ToArray();
        for (int i = 0; i < replaced.Length; i++)
        {
            int lone = FindLone(replaced.AsSpan(i));
            if (lone < 0)
            {
                break;
            }

            i += lone;
            replaced[i] = '\uFFFD';
        }

        return new string(replaced);
    }
}
