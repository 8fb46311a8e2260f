using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>Finds the special tokens that a caller allowed, leftmost first and longest of those. Immutable and thread-safe.</summary>
/// <remarks>
/// An Aho-Corasick automaton: a byte of text costs the same however many names there are. After each token the search begins
/// anew behind it, so that a token costs the length of the longest name at most.
/// </remarks>
internal sealed class SpecialTokenMatcher
{
    private const int Root = 0;

    private readonly SearchValues<byte> _leads;
    private readonly NameTrie _trie;

    private SpecialTokenMatcher(NameTrie trie, SearchValues<byte> leads)
    {
        _trie = trie;
        _leads = leads;
    }

    /// <summary>A matcher of <paramref name="names"/>, or null when there are none.</summary>
    /// <exception cref="ArgumentException">The model has no special token of a name.</exception>
    public static SpecialTokenMatcher? Create(SpecialTokens special, ImmutableArray<string> names)
    {
        if (names.IsDefaultOrEmpty)
        {
            return null;
        }

        var tokens = new List<(byte[] Name, int Id)>(names.Length);
        foreach (string name in names)
        {
            if (name is null || !special.TryGetId(name, out int id))
            {
                Throw.UnknownSpecialToken(name, special.Names, nameof(EncodeOptions.AllowedSpecial));
                return null;
            }

            tokens.Add((Encoding.UTF8.GetBytes(name), id));
        }

        return new SpecialTokenMatcher(new NameTrie(tokens), SearchValues.Create([.. tokens.Select(t => t.Name[0])]));
    }

    /// <summary>Finds the first special token of <paramref name="text"/>.</summary>
    /// <param name="text">Bytes of the text.</param>
    /// <param name="isFinal">Whether the text ends here; otherwise a name may be cut off at the end.</param>
    /// <param name="start">Where the token begins; without one: up to where there certainly is none.</param>
    /// <param name="length">Length of its name.</param>
    /// <param name="id">Its id, or -1 when there is none.</param>
    public void Find(ReadOnlySpan<byte> text, bool isFinal, out int start, out int length, out int id)
    {
        // The best token so far: leftmost, then longest. None as long as id is negative.
        (start, length, id) = (text.Length, 0, -1);
        int state = Root;
        for (int i = 0; i < text.Length; i++)
        {
            if (state == Root)
            {
                int skipped = text[i..].IndexOfAny(_leads);
                if (skipped < 0)
                {
                    return;
                }

                i += skipped;
            }

            state = _trie.Step(state, text[i]);
            int token = _trie.TokenAt(state);
            if (token >= 0)
            {
                int found = i + 1 - _trie.LengthOf(token);
                if (id < 0 || found <= start)
                {
                    (start, length, id) = (found, _trie.LengthOf(token), _trie.IdOf(token));
                }
            }

            // Whatever else may end later begins behind the best.
            if (id >= 0 && (i + 1 - _trie.DepthOf(state) > start || !_trie.GoesOn(state)))
            {
                return;
            }
        }

        if (!isFinal && state != Root && _trie.GoesOn(state))
        {
            // Cut off within a name that would begin at, or before, the best.
            (start, length, id) = (text.Length - _trie.DepthOf(state), 0, -1);
        }
    }
}
