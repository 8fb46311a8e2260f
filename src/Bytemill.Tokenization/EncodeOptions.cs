using System.Collections.Immutable;

namespace Bytemill.Tokenization;

/// <summary>What an encoding adds to the text, and which special tokens it may contain. Keep one and use it again.</summary>
public sealed record EncodeOptions
{
    /// <summary>Whether <c>&lt;bos&gt;</c> comes first. Default off.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether <c>&lt;eos&gt;</c> comes last. Default off.</summary>
    public bool AddEos { get; init; }

    /// <summary>
    /// Names of special tokens, built-in or user-defined, that are recognised where the text spells them; the leftmost match
    /// counts, and of those the longest. Default none: whatever text spells, it stays text. Allow names only in text that
    /// you wrote yourself.
    /// </summary>
    public ImmutableArray<string> AllowedSpecial { get; init; } = [];
}
