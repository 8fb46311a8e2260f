using System.ComponentModel;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of training alone.</summary>
internal sealed class TrainSettings : JobSettings, ITrainingOptions
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

    [CommandOption("--extend <JOB>")]
    [Description("Output of a finished 'train' or 'run' that was given --keep-counts: what it counted of inputs that are still the same is taken over, and only the rest is counted. Name all inputs, old and new. The model is that of training on them without --extend.")]
    public string? Extend { get; init; }

    public override JobSpec ToSpec() => TrainingOption.Apply(this, ToSpec(JobMode.Train)) with { Extend = Extend is null ? null : StorePath.Full(Extend) };
}
