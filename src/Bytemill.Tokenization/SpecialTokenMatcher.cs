using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Finds the special tokens that a caller allowed, leftmost first and longest of those.</summary>
internal sealed class SpecialTokenMatcher
{
    private readonly (byte[] Name, int Id)[] _tokens;
    private readonly SearchValues<byte> _leads;

    private SpecialTokenMatcher((byte[] Name, int Id)[] tokens)
    {
        _tokens = tokens;
        _leads = SearchValues.Create([.. tokens.Select(t => t.Name[0])]);
    }

    /// <summary>A matcher of <paramref name="names"/>, or null when there are none.</summary>
    /// <exception cref="ArgumentException">The model has no special token of a name.</exception>
    public static SpecialTokenMatcher? Create(SpecialTokens special, ImmutableArray<string> names)
    {
        if (names.IsDefaultOrEmpty)
        {
            return null;
        }

        var tokens = new List<(byte[] Name, int Id)>();
        foreach (string name in names)
        {
            if (name is null || !special.TryGetId(name, out int id))
            {
                Throw.UnknownSpecialToken(name, special.Names, nameof(EncodeOptions.AllowedSpecial));
                return null;
            }

            tokens.Add((Encoding.UTF8.GetBytes(name), id));
        }

        // Names are distinct, so of two of one length at most one matches.
        tokens.Sort(static (a, b) => b.Name.Length.CompareTo(a.Name.Length));
        return new SpecialTokenMatcher([.. tokens]);
    }

    /// <summary>Finds the first special token of <paramref name="text"/>.</summary>
    /// <param name="text">Bytes of the text.</param>
    /// <param name="isFinal">Whether the text ends here; otherwise a name may be cut off at the end.</param>
    /// <param name="start">Where the token begins; without one: up to where there certainly is none.</param>
    /// <param name="length">Length of its name.</param>
    /// <param name="id">Its id, or -1 when there is none.</param>
    public void Find(ReadOnlySpan<byte> text, bool isFinal, out int start, out int length, out int id)
    {
        start = 0;
        while (true)
        {
            int found = text[start..].IndexOfAny(_leads);
            start = found < 0 ? text.Length : start + found;
            if (found < 0 || TryMatch(text[start..], isFinal, out length, out id))
            {
                break;
            }

            start++;
        }

        if (start == text.Length)
        {
            (length, id) = (0, -1);
            return;
        }

        TryMatch(text[start..], isFinal, out length, out id);
    }

    // True when a token begins here (id >= 0), or when one may begin here but the text is cut off (id -1).
    private bool TryMatch(ReadOnlySpan<byte> text, bool isFinal, out int length, out int id)
    {
        foreach ((byte[] name, int token) in _tokens)
        {
            if (text.StartsWith(name))
            {
                (length, id) = (name.Length, token);
                return true;
            }

            if (!isFinal && text.Length < name.Length && name.AsSpan().StartsWith(text))
            {
                (length, id) = (0, -1);
                return true;
            }
        }

        (length, id) = (0, -1);
        return false;
    }
}
