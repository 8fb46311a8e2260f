using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of training followed by tokenizing.</summary>
internal sealed class RunSettings : TrainSettings
{
    [CommandOption("--keep <COLUMNS>")]
    [Description(TokenizeSettings.KeepHelp)]
    public string? Keep { get; init; }

    [CommandOption("--tokenize-with <SIZE>")]
    [Description("Of several vocabulary sizes, the one that tokenizes the corpus; default: the largest.")]
    public int? TokenizeWith { get; init; }

    [CommandOption("--zstd-level <N>")]
    [Description(TokenizeSettings.ZstdHelp)]
    [DefaultValue(3)]
    public int ZstdLevel { get; init; } = 3;

    [CommandOption("--sampling <METHOD>")]
    [Description(SamplingOption.Help)]
    public string? Sampling { get; init; }

    [CommandOption("--alpha <A>")]
    [Description(SamplingOption.AlphaHelp)]
    public double? Alpha { get; init; }

    [CommandOption("--epochs <N>")]
    [Description(SamplingOption.EpochsHelp)]
    public int? Epochs { get; init; }

    [CommandOption("--seed <N>")]
    [Description(SamplingOption.SeedHelp)]
    public ulong? Seed { get; init; }

    public override JobSpec ToSpec() => ToTrainingSpec(JobMode.Run) with
    {
        Keep = OptionLists.ReadColumns(Keep),
        TokenizeWithSize = TokenizeWith,
        CompressionLevel = ZstdLevel,
        Sampling = SamplingOption.Read(Sampling, Alpha, Epochs, Seed),
    };
}
