using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bytemill.Web.Models;

/// <summary>Finds the script of a piece, by the Unicode blocks of its letters.</summary>
/// <remarks>Blocks and not the property Script: good enough to sort a vocabulary by, and a table of a page.</remarks>
public static class PieceScripts
{
    // First and last character of each stretch of blocks, ascending (Blocks.txt of Unicode 16).
    private static readonly (int First, int Last, PieceScript Script)[] s_blocks =
    [
        (0x0041, 0x02AF, PieceScript.Latin), (0x0370, 0x03FF, PieceScript.Greek), (0x0400, 0x052F, PieceScript.Cyrillic),
        (0x0530, 0x058F, PieceScript.Armenian), (0x0590, 0x05FF, PieceScript.Hebrew), (0x0600, 0x06FF, PieceScript.Arabic),
        (0x0700, 0x074F, PieceScript.Syriac), (0x0750, 0x077F, PieceScript.Arabic), (0x0860, 0x086F, PieceScript.Syriac),
        (0x0870, 0x08FF, PieceScript.Arabic), (0x0900, 0x097F, PieceScript.Devanagari), (0x0980, 0x09FF, PieceScript.Bengali),
        (0x0A00, 0x0A7F, PieceScript.Gurmukhi), (0x0A80, 0x0AFF, PieceScript.Gujarati), (0x0B00, 0x0B7F, PieceScript.Oriya),
        (0x0B80, 0x0BFF, PieceScript.Tamil), (0x0C00, 0x0C7F, PieceScript.Telugu), (0x0C80, 0x0CFF, PieceScript.Kannada),
        (0x0D00, 0x0D7F, PieceScript.Malayalam), (0x0D80, 0x0DFF, PieceScript.Sinhala), (0x0E00, 0x0E7F, PieceScript.Thai),
        (0x0E80, 0x0EFF, PieceScript.Lao), (0x0F00, 0x0FFF, PieceScript.Tibetan), (0x1000, 0x109F, PieceScript.Myanmar),
        (0x10A0, 0x10FF, PieceScript.Georgian), (0x1100, 0x11FF, PieceScript.Hangul), (0x1200, 0x139F, PieceScript.Ethiopic),
        (0x1780, 0x17FF, PieceScript.Khmer), (0x1800, 0x18AF, PieceScript.Mongolian), (0x19E0, 0x19FF, PieceScript.Khmer),
        (0x1C80, 0x1C8F, PieceScript.Cyrillic), (0x1C90, 0x1CBF, PieceScript.Georgian), (0x1D00, 0x1DBF, PieceScript.Latin),
        (0x1E00, 0x1EFF, PieceScript.Latin), (0x1F00, 0x1FFF, PieceScript.Greek), (0x2C60, 0x2C7F, PieceScript.Latin),
        (0x2D00, 0x2D2F, PieceScript.Georgian), (0x2D80, 0x2DDF, PieceScript.Ethiopic), (0x2DE0, 0x2DFF, PieceScript.Cyrillic),
        (0x2E80, 0x2FDF, PieceScript.Han), (0x3005, 0x3007, PieceScript.Han), (0x3021, 0x3029, PieceScript.Han),
        (0x3040, 0x309F, PieceScript.Hiragana), (0x30A0, 0x30FF, PieceScript.Katakana), (0x3130, 0x318F, PieceScript.Hangul),
        (0x31F0, 0x31FF, PieceScript.Katakana), (0x3400, 0x4DBF, PieceScript.Han), (0x4E00, 0x9FFF, PieceScript.Han),
        (0xA640, 0xA69F, PieceScript.Cyrillic), (0xA720, 0xA7FF, PieceScript.Latin), (0xA8E0, 0xA8FF, PieceScript.Devanagari),
        (0xA960, 0xA97F, PieceScript.Hangul), (0xA9E0, 0xA9FF, PieceScript.Myanmar), (0xAA60, 0xAA7F, PieceScript.Myanmar),
        (0xAB00, 0xAB2F, PieceScript.Ethiopic), (0xAB30, 0xAB6F, PieceScript.Latin), (0xAC00, 0xD7FF, PieceScript.Hangul),
        (0xF900, 0xFAFF, PieceScript.Han), (0xFB00, 0xFB06, PieceScript.Latin), (0xFB13, 0xFB17, PieceScript.Armenian),
        (0xFB1D, 0xFB4F, PieceScript.Hebrew), (0xFB50, 0xFDFF, PieceScript.Arabic), (0xFE70, 0xFEFE, PieceScript.Arabic),
        (0xFF21, 0xFF5A, PieceScript.Latin), (0xFF66, 0xFF9F, PieceScript.Katakana), (0xFFA0, 0xFFDC, PieceScript.Hangul),
        (0x20000, 0x323AF, PieceScript.Han),
    ];

    /// <summary>The script of the letters of a piece; of those without letters, what they are instead.</summary>
    /// <param name="piece">One byte or more.</param>
    public static PieceScript Of(ReadOnlySpan<byte> piece)
    {
        PieceScript? letters = null;
        PieceScript rest = PieceScript.Space;
        while (!piece.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(piece, out Rune rune, out int length) != OperationStatus.Done)
            {
                return PieceScript.Bytes;
            }

            piece = piece[length..];
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            switch (category)
            {
                case <= UnicodeCategory.OtherLetter:
                    PieceScript script = OfLetter(rune);
                    letters = letters is null || letters == script ? script : PieceScript.Mixed;
                    break;
                // Accents and joiners go with any letter.
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format:
                    break;
                default:
                    rest = Stronger(rest, OfOthers(category));
                    break;
            }
        }

        return letters ?? rest;
    }

    private static PieceScript OfOthers(UnicodeCategory category) => category switch
    {
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => PieceScript.Digits,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control => PieceScript.Space,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => PieceScript.Punctuation,
        _ => PieceScript.Symbols,
    };

    // Digits with punctuation count as digits, signs with punctuation as signs.
    private static PieceScript Stronger(PieceScript a, PieceScript b) => Rank(a) >= Rank(b) ? a : b;

    private static int Rank(PieceScript script) => script switch
    {
        PieceScript.Digits => 3,
        PieceScript.Symbols => 2,
        PieceScript.Punctuation => 1,
        _ => 0,
    };

    private static PieceScript OfLetter(Rune rune)
    {
        int low = 0;
        int high = s_blocks.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (rune.Value < s_blocks[middle].First)
            {
                high = middle - 1;
            }
            else if (rune.Value > s_blocks[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return s_blocks[middle].Script;
            }
        }

        return PieceScript.Other;
    }
}
