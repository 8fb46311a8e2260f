using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of training followed by tokenizing.</summary>
internal class RunSettings : OutputSettings, ITrainingOptions
{
    [CommandOption("--vocab-size <N[[,N...]]>")]
    [Description(TrainingOption.VocabSizeHelp)]
    [DefaultValue("32000")]
    public string VocabSize { get; init; } = "32000";

    [CommandOption("--order <N>")]
    [Description(TrainingOption.OrderHelp)]
    [DefaultValue(6)]
    public int Order { get; init; } = 6;

    [CommandOption("--min-count <N>")]
    [Description(TrainingOption.MinCountHelp)]
    [DefaultValue(2L)]
    public long MinCount { get; init; } = 2;

    [CommandOption("--max-piece-length <BYTES>")]
    [Description(TrainingOption.MaxPieceLengthHelp)]
    [DefaultValue(36)]
    public int MaxPieceLength { get; init; } = 36;

    [CommandOption("--isolate-digits")]
    [Description(TrainingOption.IsolateDigitsHelp)]
    public bool IsolateDigits { get; init; }

    [CommandOption("--no-ensure-unicode")]
    [Description(TrainingOption.NoEnsureUnicodeHelp)]
    public bool NoEnsureUnicode { get; init; }

    [CommandOption("--normalization <FORM>")]
    [Description(TrainingOption.NormalizationHelp)]
    [DefaultValue("nfc")]
    public string Normalization { get; init; } = "nfc";

    [CommandOption("--shards <N>")]
    [Description(TrainingOption.ShardsHelp)]
    [DefaultValue(8)]
    public int Shards { get; init; } = 8;

    [CommandOption("--keep-counts")]
    [Description(TrainingOption.KeepCountsHelp)]
    public bool KeepCounts { get; init; }

    [CommandOption("--tokenize-with <SIZE>")]
    [Description("Of several vocabulary sizes, the one that tokenizes the corpus; default: the largest.")]
    public int? TokenizeWith { get; init; }

    public override JobSpec ToSpec() => TrainingOption.Apply(this, WithOutput(ToSpec(JobMode.Run))) with { TokenizeWithSize = TokenizeWith };
}
