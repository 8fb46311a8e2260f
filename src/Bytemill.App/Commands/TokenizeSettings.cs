using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of tokenizing with a model that exists.</summary>
internal sealed class TokenizeSettings : JobSettings
{
    public const string KeepHelp = "Columns to copy beside the ids, joined by commas; '' for none. Default: all but the text; of JSON lines none.";
    public const string ZstdHelp = "zstd level of the tokenized files, 1 to 22.";

    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run.")]
    public string Model { get; init; } = "";

    [CommandOption("--keep <COLUMNS>")]
    [Description(KeepHelp)]
    public string? Keep { get; init; }

    [CommandOption("--zstd-level <N>")]
    [Description(ZstdHelp)]
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

    public override JobSpec ToSpec() => ToSpec(JobMode.Tokenize) with
    {
        ModelPath = Model.Length == 0
            ? throw new JobInputException("No model. Say which with --model out/model.bytemill.")
            : Path.GetFullPath(Model),
        Keep = OptionLists.ReadColumns(Keep),
        CompressionLevel = ZstdLevel,
        Sampling = SamplingOption.Read(Sampling, Alpha, Epochs, Seed),
    };
}
