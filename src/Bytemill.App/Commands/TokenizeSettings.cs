using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of tokenizing with a model that exists.</summary>
internal sealed class TokenizeSettings : OutputSettings
{
    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run.")]
    public string Model { get; init; } = "";

    public override JobSpec ToSpec() => WithOutput(ToSpec(JobMode.Tokenize)) with
    {
        ModelPath = Model.Length == 0
            ? throw new JobInputException("No model. Say which with --model out/model.bytemill.")
            : Path.GetFullPath(Model),
    };
}
