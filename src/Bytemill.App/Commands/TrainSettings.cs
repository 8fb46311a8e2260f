using System.ComponentModel;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Bytemill.Training;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of training, under the reference's names.</summary>
internal class TrainSettings : JobSettings
{
    [CommandOption("--vocab-size <N[[,N...]]>")]
    [Description("Largest number of ids, the 3 special ones included; several, joined by commas, give nested vocabularies in one run. At least 259.")]
    [DefaultValue("32000")]
    public string VocabSize { get; init; } = "32000";

    [CommandOption("--order <N>")]
    [Description("Longest n-gram counted, in bytes, 1 to 8.")]
    [DefaultValue(6)]
    public int Order { get; init; } = 6;

    [CommandOption("--min-count <N>")]
    [Description("n-grams and pieces that occur less often are dropped. A larger count saves time and memory on a large corpus.")]
    [DefaultValue(2L)]
    public long MinCount { get; init; } = 2;

    [CommandOption("--max-piece-length <BYTES>")]
    [Description("Longest piece, in bytes.")]
    [DefaultValue(36)]
    public int MaxPieceLength { get; init; } = 36;

    [CommandOption("--isolate-digits")]
    [Description("Make every decimal digit, of any script, a piece of its own.")]
    public bool IsolateDigits { get; init; }

    [CommandOption("--no-ensure-unicode")]
    [Description("Allow pieces to begin inside a character.")]
    public bool NoEnsureUnicode { get; init; }

    [CommandOption("--normalization <FORM>")]
    [Description("nfc, or none to keep the text byte for byte.")]
    [DefaultValue("nfc")]
    public string Normalization { get; init; } = "nfc";

    [CommandOption("--shards <N>")]
    [Description("Slices of the key space, for n-grams and pieces each. Changes no result.")]
    [DefaultValue(8)]
    public int Shards { get; init; } = 8;

    public override JobSpec ToSpec() => ToTrainingSpec(JobMode.Train);

    protected JobSpec ToTrainingSpec(JobMode mode) => ToSpec(mode) with
    {
        Training = new TrainerOptions
        {
            Order = Order,
            MaxVocabSizes = OptionLists.ReadSizes(VocabSize),
            MaxPieceLength = MaxPieceLength,
            MinCount = MinCount,
            IsolateDigits = IsolateDigits,
            EnsureUnicode = !NoEnsureUnicode,
            Normalization = Normalization switch
            {
                "nfc" => TextNormalization.Nfc,
                "none" => TextNormalization.None,
                _ => throw new JobInputException($"--normalization is nfc or none; found '{Normalization}'."),
            },
        },
        NGramShards = Shards,
        PieceShards = Shards,
    };
}
