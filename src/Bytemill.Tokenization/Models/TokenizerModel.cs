using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Bytemill.Tokenization;

/// <summary>All that defines a tokenizer: vocabulary, options and special tokens. Immutable and thread-safe.</summary>
public sealed class TokenizerModel
{
    private readonly Lazy<string> _hash;

    /// <summary>A model of its parts.</summary>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="options">How text is treated, and how the pieces came to be.</param>
    /// <param name="specialTokens">Names of user-defined special tokens, distinct; their ids follow the vocabulary in this order.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, repeated, built in, too long or not valid Unicode; or an option is negative or unreadable.
    /// </exception>
    public TokenizerModel(Vocabulary vocabulary, ModelOptions options, IEnumerable<string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(options);
        Throw.IfBadOptions(options, nameof(options));
        Vocabulary = vocabulary;
        Options = options;
        SpecialTokens = new SpecialTokens(vocabulary.Count, specialTokens?.ToImmutableArray() ?? []);
        _hash = new Lazy<string>(ComputeHash);
    }

    /// <summary>The pieces by id.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>How text is treated, and how the pieces came to be.</summary>
    public ModelOptions Options { get; }

    /// <summary>Ids without bytes.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>Number of ids, all special tokens included.</summary>
    public int IdCount => Vocabulary.Count + SpecialTokens.UserDefined.Length;

    /// <summary>SHA-256 of the model as <see cref="ModelFile"/> writes it, 64 lower-case hexadecimal digits.</summary>
    public string Hash => _hash.Value;

    /// <summary>A model with more special tokens; their ids follow those there are, so that no id changes.</summary>
    /// <param name="names">Names to add, in the order of their ids.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, too long, not valid Unicode, built in, given twice or in the model already.
    /// </exception>
    public TokenizerModel WithSpecialTokens(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new TokenizerModel(Vocabulary, Options, [.. SpecialTokens.UserDefined, .. names]);
    }

    private string ComputeHash()
    {
        using var stream = new MemoryStream();
        ModelFile.Write(this, stream);
        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }
}
