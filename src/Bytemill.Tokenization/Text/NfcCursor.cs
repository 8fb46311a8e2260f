namespace Bytemill.Tokenization;

/// <summary>Walks over a text and stops at every segment that is not in Normalization Form C.</summary>
/// <remarks>
/// A segment is a starter that never composes with what is before it (class 0), with all that follows up to the next such
/// starter. Normalization never crosses its edges, so that segments are looked at one by one, and nearly all only briefly.
/// </remarks>
internal ref struct NfcCursor
{
    private readonly ReadOnlySpan<byte> _text;
    private int _position;

    public NfcCursor(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Start of the segment found last.</summary>
    public int ChangeStart { get; private set; }

    /// <summary>End of the segment found last.</summary>
    public int ChangeEnd { get; private set; }

    /// <summary>Its normal form; valid until the next move on this thread.</summary>
    public ReadOnlySpan<byte> Replacement { get; private set; }

    /// <summary>Moves to the next segment whose normal form is another; false at the end of the text.</summary>
    public bool MoveToChange()
    {
        ReadOnlySpan<byte> text = _text;
        int i = _position;
        while (true)
        {
            int found = text[i..].IndexOfAny(UnicodeData.UnsafeLeads);
            if (found < 0)
            {
                _position = text.Length;
                return false;
            }

            i += found;
            do
            {
                int codePoint = Utf8Decoder.Decode(text, i, out int length);
                if (UnicodeData.Class(codePoint) == 0)
                {
                    i += length;
                    continue;
                }

                // Whatever precedes the first other class is of class 0.
                int start = i == 0 ? 0 : Utf8Decoder.PreviousStart(text, i);
                int end = FindSegmentEnd(text, start, i, out bool isNormal);
                i = end;
                if (!isNormal)
                {
                    ReadOnlySpan<byte> segment = text[start..end];
                    ReadOnlySpan<byte> normal = NfcSegment.OfThread.Normalize(segment);
                    if (!normal.SequenceEqual(segment))
                    {
                        ChangeStart = start;
                        ChangeEnd = end;
                        Replacement = normal;
                        _position = end;
                        return true;
                    }
                }
            }
            while (i < text.Length && UnicodeData.UnsafeLeads.Contains(text[i]));
        }
    }

    // isNormal: certainly in the form. Otherwise the segment has to be normalised to know.
    private static int FindSegmentEnd(ReadOnlySpan<byte> text, int start, int i, out bool isNormal)
    {
        isNormal = true;
        int starter = start < i ? Utf8Decoder.Decode(text, start, out _) : -1;
        int lastCombiningClass = 0;
        while (i < text.Length)
        {
            int codePoint = Utf8Decoder.Decode(text, i, out int length);
            int normalizationClass = UnicodeData.Class(codePoint);
            if (normalizationClass == 0)
            {
                break;
            }

            i += length;
            if (!isNormal)
            {
                continue;
            }

            int combiningClass = UnicodeData.CombiningClass(normalizationClass);
            isNormal = combiningClass == 0 || lastCombiningClass <= combiningClass;
            if (UnicodeData.MayCompose(normalizationClass))
            {
                // Everything so far stays as it is. So this one composes with the last starter, if no mark of its own
                // class or a higher one is between, or not at all. A starter that decomposes is left to the full way:
                // its marks may change places with this one.
                bool isBlocked = combiningClass == 0 ? lastCombiningClass != 0 : lastCombiningClass == combiningClass;
                isNormal &= isBlocked || starter < 0
                    || (UnicodeData.Compose(starter, codePoint) < 0
                        && (combiningClass == 0 || !UnicodeData.TryDecompose(starter, out _, out _)));
            }
            else
            {
                isNormal &= UnicodeData.IsComposed(normalizationClass);
            }

            starter = combiningClass == 0 ? codePoint : starter;
            lastCombiningClass = combiningClass;
        }

        return i;
    }
}
