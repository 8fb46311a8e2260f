using System.ComponentModel;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of tokenizing with a model that exists.</summary>
internal sealed class TokenizeSettings : OutputSettings
{
    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run.")]
    public string Model { get; init; } = "";

    [CommandOption("--update")]
    [Description("Add to the results in the output: tokenize only inputs that are new or have changed since, with the same model and options. Name all inputs, old and new. The results are those of tokenizing all of them anew. With an empty or new directory: tokenize all.")]
    public bool Update { get; init; }

    [CommandOption("--drop-missing")]
    [Description("With --update: remove what was made of inputs that are no longer named or there. Else these are an error.")]
    public bool DropMissing { get; init; }

    public override JobSpec ToSpec() => WithOutput(ToSpec(JobMode.Tokenize)) with
    {
        ModelPath = Model.Length == 0
            ? throw new JobInputException("No model. Say which with --model out/model.bytemill.")
            : StorePath.Full(Model),
        Update = Update,
        DropMissing = !DropMissing || Update
            ? DropMissing
            : throw new JobInputException("--drop-missing says what --update does with inputs that are gone; give it with --update."),
    };
}
