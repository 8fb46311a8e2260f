using System.ComponentModel;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>encode</c>.</summary>
internal sealed class EncodeSettings : CommandSettings
{
    [CommandArgument(0, "[INPUT]")]
    [Description("Text to encode, UTF-8: a file, or - for standard input (the default).")]
    public string? Input { get; init; }

    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run, or a model of another format (see convert).")]
    public string Model { get; init; } = "";

    [CommandOption("--text <TEXT>")]
    [Description("Text to encode, instead of an input.")]
    public string? Text { get; init; }

    [CommandOption("--pieces")]
    [Description("Show the pieces instead of the ids; bytes that are not text as <0xHH>.")]
    public bool Pieces { get; init; }

    [CommandOption("-f|--format <FORMAT>")]
    [Description(IdFormats.Description)]
    [DefaultValue("text")]
    public string Format { get; init; } = "text";

    [CommandOption("-o|--output <FILE>")]
    [Description("File to write; must not exist, and is not left behind half written. Default: standard output.")]
    public string? Output { get; init; }

    [CommandOption("--whole")]
    [Description("The input is one text, newlines and all, so that decoding gives it back to the byte (its NFC form, where the model normalises). Binary formats always take it so. Default: each line is a text.")]
    public bool Whole { get; init; }

    [CommandOption("--bytes")]
    [Description("Encode any bytes, also such as are no UTF-8.")]
    public bool Bytes { get; init; }

    [CommandOption("--bos")]
    [Description("Put <bos> before each text.")]
    public bool Bos { get; init; }

    [CommandOption("--eos")]
    [Description("Put <eos> behind each text.")]
    public bool Eos { get; init; }

    [CommandOption("--special <NAME>")]
    [Description("Recognise this special token where the text spells it; may be given several times. Only for text that you wrote yourself. Default: whatever text spells, it stays text.")]
    public string[] Special { get; init; } = [];

    [CommandOption("--sampling <METHOD>")]
    [Description("Draw a random segmentation of each text instead of taking the best: exact (each in proportion to exp(alpha * score)) or viterbi.")]
    public string? Sampling { get; init; }

    [CommandOption("--alpha <A>")]
    [Description(SamplingOption.AlphaHelp)]
    public double? Alpha { get; init; }

    [CommandOption("--seed <N>")]
    [Description(SamplingOption.SeedHelp)]
    public ulong? Seed { get; init; }
}

/// <summary>Encodes text.</summary>
internal sealed class EncodeCommand : Command<EncodeSettings>
{
    public override int Execute(CommandContext context, EncodeSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Text is not null && settings.Input is not null)
        {
            throw new JobInputException($"Both --text and the input '{StandardStreams.NameOf(settings.Input)}'; give one of them.");
        }

        JobSampling? sampling = SamplingOption.Read(settings.Sampling, settings.Alpha, epochs: null, settings.Seed);
        sampling?.Check();
        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        IdFormat format = IdFormats.Parse(settings.Format, tokenizer.Model);
        if (settings.Pieces && format != IdFormat.Text)
        {
            throw new JobInputException($"--pieces shows text; it does not go with --format {settings.Format}.");
        }

        EncodeOptions options = SpecialTokenOptions.Create(tokenizer.Model, settings.Special, settings.Bos, settings.Eos);
        using Stream input = settings.Text is null ? StandardStreams.OpenInput(settings.Input) : new MemoryStream(Encoding.UTF8.GetBytes(settings.Text));
        string name = settings.Text is null ? StandardStreams.NameOf(settings.Input) : "--text";
        var lines = new TextLines(input, name, settings.Whole || format.IsBinary() || settings.Text is not null, settings.Bytes);
        StandardStreams.Write(settings.Output, output =>
        {
            var writer = new IdWriter(output, format, settings.Pieces ? tokenizer : null);
            if (sampling is null)
            {
                TextEncoding.Run(tokenizer, options, lines, writer, cancellationToken);
            }
            else
            {
                TextSampling.Run(tokenizer.CreateSampler(sampling.Options), sampling.Seed, options, lines, writer, cancellationToken);
            }
        });
        return ExitCodes.Done;
    }
}
