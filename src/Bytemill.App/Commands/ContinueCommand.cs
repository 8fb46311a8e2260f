using System.ComponentModel;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>continue</c>.</summary>
internal sealed class ContinueSettings : CommandSettings
{
    [CommandArgument(0, "[INPUT]")]
    [Description("Prompts, UTF-8, one a line: a file, or - for standard input (the default).")]
    public string? Input { get; init; }

    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run, or another model that can be loaded.")]
    public string Model { get; init; } = "";

    [CommandOption("--text <TEXT>")]
    [Description("One prompt, instead of an input.")]
    public string? Text { get; init; }

    [CommandOption("--whole")]
    [Description("The input is one prompt, newlines and all. Default: each line is a prompt, without its newline.")]
    public bool Whole { get; init; }

    [CommandOption("--bytes")]
    [Description("Take any bytes, also such as are no UTF-8.")]
    public bool Bytes { get; init; }

    [CommandOption("--json")]
    [Description("A JSON object for each prompt, on a line of its own: kept, held_back, held_back_hex, any_next, extending, prefixes.")]
    public bool Json { get; init; }

    [CommandOption("--top <N>")]
    [Description("Without --json: how many of the extending pieces (which begin with what is held back, or equal it) and of the prefixes (which it begins with, and the rest follows) to show, the most probable first.")]
    [DefaultValue(10)]
    public int Top { get; init; } = 10;

    [CommandOption("--bos")]
    [Description("Put <bos> before each prompt.")]
    public bool Bos { get; init; }

    [CommandOption("--special <NAME>")]
    [Description("Recognise this special token where a prompt spells it; may be given several times. Only for text that you wrote yourself.")]
    public string[] Special { get; init; } = [];
}

/// <summary>Shows how a prompt is to be given to a language model that goes on with it.</summary>
internal sealed class ContinueCommand : Command<ContinueSettings>
{
    public override int Execute(CommandContext context, ContinueSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Text is not null && settings.Input is not null)
        {
            throw new JobInputException($"Both --text and the input '{StandardStreams.NameOf(settings.Input)}'; give one of them.");
        }

        if (settings.Top < 0)
        {
            throw new JobInputException($"--top must be 0 or more; found {settings.Top}.");
        }

        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        EncodeOptions options = SpecialTokenOptions.Create(tokenizer.Model, settings.Special, settings.Bos, eos: false);
        using Stream input = settings.Text is null ? StandardStreams.OpenInput(settings.Input) : new MemoryStream(Encoding.UTF8.GetBytes(settings.Text));
        string name = settings.Text is null ? StandardStreams.NameOf(settings.Input) : "--text";
        using Stream output = StandardStreams.OpenOutput(path: null);
        try
        {
            Run(tokenizer, options, settings, new TextLines(input, name, settings.Whole || settings.Text is not null, settings.Bytes), output, cancellationToken);
        }
        catch (IOException e) when (StandardStreams.IsBrokenPipe(e))
        {
            // Whoever read the answers has enough.
        }

        return ExitCodes.Done;
    }

    private static void Run(
        Tokenizer tokenizer, EncodeOptions options, ContinueSettings settings, TextLines lines, Stream output, CancellationToken cancellationToken)
    {
        var prompt = new MemoryStream();
        bool isFirst = true;
        lines.Read(
            prompt.Write,
            () =>
            {
                PromptContinuation continuation = tokenizer.Continue(prompt.GetBuffer().AsSpan(0, (int)prompt.Length), options);
                prompt.SetLength(0);
                if (settings.Json)
                {
                    ContinuationReport.WriteJson(continuation, output);
                }
                else
                {
                    output.Write(isFirst ? ""u8 : "\n"u8);
                    ContinuationReport.Write(tokenizer.Model, continuation, settings.Top, output);
                }

                isFirst = false;
            },
            output.Flush,
            cancellationToken);
    }
}
