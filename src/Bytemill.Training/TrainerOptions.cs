using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>How a vocabulary is trained. Defaults are those of bytepiece 0.6.3.</summary>
public sealed record TrainerOptions
{
    /// <summary>Smallest <see cref="MaxVocabSizes"/> entry: 256 bytes and three special tokens.</summary>
    public const int SmallestVocabSize = 259;

    /// <summary>Longest n-gram counted, in bytes; 1 to 8. Disk and time grow with it. Default 6.</summary>
    public int Order { get; init; } = 6;

    /// <summary>Sizes to train, special tokens included; each at least 259, in any order. One run gives
    /// several nested vocabularies. A vocabulary may end smaller. Default 10 000.</summary>
    public ImmutableArray<int> MaxVocabSizes { get; init; } = [10_000];

    /// <summary>Longest piece kept, in bytes; at least 1. Default 36.</summary>
    public int MaxPieceLength { get; init; } = 36;

    /// <summary>n-grams and pieces of two bytes or more that are rarer are dropped; at least 1. Default 2.</summary>
    public long MinCount { get; init; } = 2;

    /// <summary>Whether each decimal digit (Unicode category Nd) is a chunk of its own.</summary>
    public bool IsolateDigits { get; init; }

    /// <summary>Whether pieces of several bytes may begin only at a character's first byte. Default true.</summary>
    public bool EnsureUnicode { get; init; } = true;

    /// <summary>Applied to every document before it is cut. Default NFC.</summary>
    public TextNormalization Normalization { get; init; } = TextNormalization.Nfc;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, for users.</exception>
    public void Validate()
    {
        if (Order is < 1 or > PackedNGram.MaxLength)
        {
            throw new ArgumentException($"N-gram order must be in [1..{PackedNGram.MaxLength}] bytes; found {Order}.", nameof(Order));
        }

        if (MaxVocabSizes.IsDefaultOrEmpty)
        {
            throw new ArgumentException("At least one vocabulary size is needed; found none.", nameof(MaxVocabSizes));
        }

        foreach (int size in MaxVocabSizes)
        {
            if (size < SmallestVocabSize)
            {
                throw new ArgumentException(
                    $"A vocabulary size must be at least {SmallestVocabSize} (256 bytes and 3 special tokens); found {size}.",
                    nameof(MaxVocabSizes));
            }
        }

        if (MaxPieceLength < 1)
        {
            throw new ArgumentException($"The longest piece must be at least 1 byte; found {MaxPieceLength}.", nameof(MaxPieceLength));
        }

        if (MinCount < 1)
        {
            throw new ArgumentException($"The smallest count must be at least 1; found {MinCount}.", nameof(MinCount));
        }

        if (!Enum.IsDefined(Normalization))
        {
            throw new ArgumentException($"Unknown text normalization '{Normalization}'.", nameof(Normalization));
        }
    }

    /// <summary>What a model says of how it was trained.</summary>
    /// <param name="maxVocabSize">The one of <see cref="MaxVocabSizes"/> that the model was made for.</param>
    public ModelOptions ModelOptionsFor(int maxVocabSize) => new()
    {
        Order = Order,
        MinCount = MinCount,
        MaxPieceLength = MaxPieceLength,
        IsolateDigits = IsolateDigits,
        EnsureUnicode = EnsureUnicode,
        Normalization = Normalization,
        UnicodeVersion = TextNormalizer.UnicodeVersion,
        MaxVocabSize = maxVocabSize,
    };
}
