namespace Bytemill.Tokenization;

/// <summary>How a model was trained and how it treats text. Numbers that an imported model does not tell are 0.</summary>
public sealed record ModelOptions
{
    /// <summary>Longest n-gram counted in training, in bytes: 1 to 8; 0 when not known. Default 6.</summary>
    public int Order { get; init; } = 6;

    /// <summary>Smallest count kept in training; 0 when not known. Default 2.</summary>
    public long MinCount { get; init; } = 2;

    /// <summary>Longest piece kept in training, in bytes; 0 when not known. Default 36.</summary>
    public int MaxPieceLength { get; init; } = 36;

    /// <summary>Whether each decimal digit (Unicode category Nd) is a chunk of its own, also when encoding. Default off.</summary>
    public bool IsolateDigits { get; init; }

    /// <summary>Whether training kept pieces from beginning inside a character. Default on.</summary>
    public bool EnsureUnicode { get; init; } = true;

    /// <summary>Normalisation of text, in training and encoding alike. Default NFC.</summary>
    public TextNormalization Normalization { get; init; } = TextNormalization.Nfc;

    /// <summary>Unicode version of the normalisation in training. Default: the version of this library.</summary>
    public string UnicodeVersion { get; init; } = TextNormalizer.UnicodeVersion;

    /// <summary>Largest vocabulary asked for, special tokens included; 0 when not known. Default 10 000.</summary>
    public int MaxVocabSize { get; init; } = 10_000;
}
