using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bytemill.Web.Models;

/// <summary>A pattern that pieces are searched with.</summary>
/// <remarks>Regular expressions run without backtracking: whatever somebody types, a search takes time linear in the vocabulary.</remarks>
internal sealed class PiecePattern
{
    private readonly string? _text;
    private readonly Regex? _regex;
    private readonly byte[]? _bytes;

    private PiecePattern(string? text, Regex? regex, byte[]? bytes) => (_text, _regex, _bytes) = (text, regex, bytes);

    /// <summary>Whether every piece matches.</summary>
    public bool IsEmpty => _text is null && _regex is null && _bytes is null;

    /// <exception cref="FormatException">The pattern cannot be read; the message says what is wrong with it.</exception>
    public static PiecePattern Parse(string pattern, PieceMatching matching) => matching switch
    {
        _ when pattern.Length == 0 => new PiecePattern(null, null, null),
        PieceMatching.Text => new PiecePattern(pattern.Replace('␣', ' '), null, null),
        PieceMatching.Regex => new PiecePattern(null, ParseRegex(pattern), null),
        PieceMatching.Hex => new PiecePattern(null, null, ParseHex(pattern)),
        _ => throw new ArgumentOutOfRangeException(nameof(matching), matching, "Unknown kind of search."),
    };

    /// <param name="piece">Bytes of a piece.</param>
    /// <param name="scratch">Room for as many characters as the piece has bytes.</param>
    public bool Matches(ReadOnlySpan<byte> piece, Span<char> scratch)
    {
        if (_bytes is not null)
        {
            return piece.IndexOf(_bytes) >= 0;
        }

        ReadOnlySpan<char> text = scratch[..Encoding.UTF8.GetChars(piece, scratch)];
        return _regex?.IsMatch(text) ?? text.Contains(_text, StringComparison.OrdinalIgnoreCase);
    }

    private static Regex ParseRegex(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (RegexParseException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"No regular expression: {e.Error} at character {e.Offset + 1}."), e);
        }
        catch (NotSupportedException e)
        {
            throw new FormatException("Look-around, back-references and atomic groups are not supported, so that no search can run for ever.", e);
        }
    }

    private static byte[] ParseHex(string pattern)
    {
        string digits = pattern.Replace("0x", "", StringComparison.OrdinalIgnoreCase).Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        if (digits.Length == 0 || digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            throw new FormatException($"Bytes are pairs of hexadecimal digits, such as 'e4 b8 ad'; found '{pattern}'.");
        }

        return Convert.FromHexString(digits);
    }
}
