using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.App;

/// <summary>Reads the options of training.</summary>
internal static class TrainingOption
{
    public const string VocabSizeHelp = "Largest number of ids, the 3 special ones included; several, joined by commas, give nested vocabularies in one run. At least 259.";
    public const string OrderHelp = "Longest n-gram counted, in bytes, 1 to 8.";
    public const string MinCountHelp = "n-grams and pieces that occur less often are dropped. A larger count saves time and memory on a large corpus.";
    public const string MaxPieceLengthHelp = "Longest piece, in bytes.";
    public const string IsolateDigitsHelp = "Make every decimal digit, of any script, a piece of its own.";
    public const string NoEnsureUnicodeHelp = "Allow pieces to begin inside a character.";
    public const string NormalizationHelp = "nfc, or none to keep the text byte for byte.";
    public const string ShardsHelp = "Slices of the key space, for n-grams and pieces each. Changes no result.";

    public const string KeepCountsHelp = "Keep the counts of each partition in the output, in _counts, so that 'train --extend' can take them over when inputs are added: a third to two thirds of the bytes of the text.";

    /// <summary>The job with what the options say of its training.</summary>
    /// <exception cref="JobInputException">A value is none of the possible ones.</exception>
    public static JobSpec Apply(ITrainingOptions options, JobSpec spec) => spec with
    {
        Training = new TrainerOptions
        {
            Order = options.Order,
            MaxVocabSizes = OptionLists.ReadSizes(options.VocabSize),
            MaxPieceLength = options.MaxPieceLength,
            MinCount = options.MinCount,
            IsolateDigits = options.IsolateDigits,
            EnsureUnicode = !options.NoEnsureUnicode,
            Normalization = options.Normalization switch
            {
                "nfc" => TextNormalization.Nfc,
                "none" => TextNormalization.None,
                _ => throw new JobInputException($"--normalization is nfc or none; found '{options.Normalization}'."),
            },
        },
        NGramShards = options.Shards,
        PieceShards = options.Shards,
        KeepCounts = options.KeepCounts,
    };
}
