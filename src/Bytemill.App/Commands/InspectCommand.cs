using System.ComponentModel;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>inspect</c>.</summary>
internal sealed class InspectSettings : CommandSettings
{
    [CommandArgument(0, "[INPUT]")]
    [Description("Text to look at, UTF-8, line by line: a file, or - for standard input. Without it and --text: facts about the model.")]
    public string? Input { get; init; }

    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run, or a model of another format (see convert).")]
    public string Model { get; init; } = "";

    [CommandOption("--text <TEXT>")]
    [Description("Text to look at, instead of an input.")]
    public string? Text { get; init; }

    [CommandOption("--ids")]
    [Description("A row for each token, with its id and its place in the text.")]
    public bool Ids { get; init; }

    [CommandOption("--scores")]
    [Description("A row for each token, with its natural-log probability and its count in training.")]
    public bool Scores { get; init; }

    [CommandOption("--top <N>")]
    [Description("The N most probable segmentations of each line instead of the best.")]
    [DefaultValue(1)]
    public int Top { get; init; } = 1;

    [CommandOption("--special <NAME>")]
    [Description("Recognise this special token where the text spells it; may be given several times.")]
    public string[] Special { get; init; } = [];

    [CommandOption("--json")]
    [Description("Write the facts about the model as JSON.")]
    public bool Json { get; init; }
}

/// <summary>Shows how a model cuts text, or what the model is.</summary>
internal sealed class InspectCommand : Command<InspectSettings>
{
    // Looked at by a person: a line that is longer is not.
    private const int LongestLine = 1 << 20;

    public override int Execute(CommandContext context, InspectSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Text is not null && settings.Input is not null)
        {
            throw new JobInputException($"Both --text and the input '{StandardStreams.NameOf(settings.Input)}'; give one of them.");
        }

        if (settings.Top < 1)
        {
            throw new JobInputException($"--top must be 1 or more; found {settings.Top}.");
        }

        if (settings.Top > 1 && settings.Special.Length > 0)
        {
            throw new JobInputException("--top does not go with --special: the segmentations of a text have no special tokens.");
        }

        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        if (settings.Text is null && settings.Input is null)
        {
            ShowModel(tokenizer.Model, settings);
            return ExitCodes.Done;
        }

        EncodeOptions options = SpecialTokenOptions.Create(tokenizer.Model, settings.Special, bos: false, eos: false);
        var view = new SegmentationView(tokenizer, options, AnsiConsole.Console, SegmentationView.HasColors(AnsiConsole.Console))
        {
            ShowIds = settings.Ids,
            ShowScores = settings.Scores,
            Top = settings.Top,
        };
        if (settings.Text is { } text)
        {
            view.Write(text);
            return ExitCodes.Done;
        }

        ShowLines(view, settings.Input!, cancellationToken);
        return ExitCodes.Done;
    }

    private static void ShowLines(SegmentationView view, string path, CancellationToken cancellationToken)
    {
        using Stream input = StandardStreams.OpenInput(path);
        var line = new MemoryStream();
        long number = 1;
        new TextLines(input, StandardStreams.NameOf(path), isWhole: false, anyBytes: false).Read(
            part =>
            {
                line.Write(part);
                if (line.Length > LongestLine)
                {
                    throw new JobInputException(Units.Format($"{StandardStreams.NameOf(path)}:{number}: the line is longer than {LongestLine} bytes, too long to look at; use encode --pieces."));
                }
            },
            () =>
            {
                view.Write(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
                line.SetLength(0);
                number++;
            },
            () => { },
            cancellationToken);
    }

    private static void ShowModel(TokenizerModel model, InspectSettings settings)
    {
        if (settings.Json)
        {
            using Stream output = Console.OpenStandardOutput();
            ModelFacts.WriteJson(model, settings.Model, output);
        }
        else
        {
            ModelFacts.Write(model, settings.Model, Console.Out);
        }
    }
}
