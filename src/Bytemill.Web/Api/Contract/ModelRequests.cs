using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Bytemill.Web.Api;

/// <summary>Texts to be encoded.</summary>
[Description("Texts to be encoded.")]
public sealed record EncodeRequest
{
    /// <summary>The texts.</summary>
    [Required(ErrorMessage = "is missing: say what to encode.")]
    public ImmutableArray<string>? Texts { get; set; }

    /// <summary>Whether the beginning is marked.</summary>
    [Description("Put <bos> before each text.")]
    public bool AddBos { get; set; }

    /// <summary>Whether the end is marked.</summary>
    [Description("Put <eos> behind each text.")]
    public bool AddEos { get; set; }

    /// <summary>Special tokens that text may name.</summary>
    [Description("Names of special tokens that are taken for these where they stand in a text; by default none is.")]
    public ImmutableArray<string> Special { get; set; } = [];

    /// <summary>Whether pieces are wanted.</summary>
    [Description("Give the pieces, too, as people read them.")]
    public bool Pieces { get; set; }

    /// <summary>Random segmentation.</summary>
    [Description("Draw a random segmentation instead of taking the best: exact or viterbi.")]
    [AllowedValues("exact", "viterbi", null)]
    public string? Sampling { get; set; }

    /// <summary>Weight of scores.</summary>
    [Description("With sampling: weight of the scores.")]
    [Range(0.0, 1000.0)]
    public double Alpha { get; set; } = 0.2;

    /// <summary>Seed.</summary>
    [Description("With sampling: another one draws another segmentation.")]
    public ulong Seed { get; set; }
}

/// <summary>Encoded texts.</summary>
/// <param name="Ids">Of each text its ids.</param>
/// <param name="Tokens">How many in all.</param>
/// <param name="Pieces">Of each text its pieces, when wanted.</param>
public sealed record EncodeAnswer(ImmutableArray<ImmutableArray<int>> Ids, long Tokens, ImmutableArray<ImmutableArray<string>>? Pieces);

/// <summary>Ids to be decoded.</summary>
[Description("Ids to be decoded.")]
public sealed record DecodeRequest
{
    /// <summary>The ids.</summary>
    [Required(ErrorMessage = "is missing: say what to decode.")]
    public ImmutableArray<ImmutableArray<int>>? Ids { get; set; }
}

/// <summary>Decoded ids.</summary>
/// <param name="Texts">Of each list of ids its text; what is no UTF-8 is U+FFFD there.</param>
public sealed record DecodeAnswer(ImmutableArray<string> Texts);

/// <summary>A prompt that a language model is to go on with.</summary>
[Description("A prompt that a language model is to go on with.")]
public sealed record ContinueRequest
{
    /// <summary>The prompt.</summary>
    [Required(ErrorMessage = "is missing: give the prompt.", AllowEmptyStrings = true)]
    public string? Text { get; set; }
}

/// <summary>How a prompt may go on, as <c>bytemill continue --json</c> writes it.</summary>
/// <param name="Kept">Ids that stay, whatever follows.</param>
/// <param name="HeldBack">The end of the prompt that waits for what follows; what is no UTF-8 is U+FFFD.</param>
/// <param name="HeldBackHex">The same in hexadecimal.</param>
/// <param name="AnyNext">Whether any piece may come: nothing is held back.</param>
/// <param name="Extending">Pieces that begin with what is held back, and go on.</param>
/// <param name="Prefixes">Pieces that what is held back begins with.</param>
public sealed record ContinueAnswer(
    ImmutableArray<int> Kept, string HeldBack, string HeldBackHex, bool AnyNext, ImmutableArray<int> Extending, ImmutableArray<int> Prefixes);

/// <summary>A model that texts can be encoded with.</summary>
/// <param name="Key">Its name in addresses.</param>
/// <param name="Title">What people call it.</param>
/// <param name="JobId">The job that made it.</param>
/// <param name="VocabSize">Number of its ids; absent when not known before it is loaded.</param>
/// <param name="MadeAt">When that job ended.</param>
public sealed record ModelInfo(string Key, string Title, string? JobId, int? VocabSize, DateTimeOffset? MadeAt);

/// <summary>The models that a node can load.</summary>
public sealed record ModelList(ImmutableArray<ModelInfo> Models);
