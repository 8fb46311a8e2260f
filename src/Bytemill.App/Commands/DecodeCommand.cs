using System.Buffers;
using System.ComponentModel;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>decode</c>.</summary>
internal sealed class DecodeSettings : CommandSettings
{
    [CommandArgument(0, "[INPUT]")]
    [Description("Ids to decode: a file, or - for standard input (the default).")]
    public string? Input { get; init; }

    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run, or a model of another format (see convert).")]
    public string Model { get; init; } = "";

    [CommandOption("--ids <IDS>")]
    [Description("Ids separated by spaces or commas, instead of an input.")]
    public string? Ids { get; init; }

    [CommandOption("-f|--format <FORMAT>")]
    [Description(IdFormats.Description)]
    [DefaultValue("text")]
    public string Format { get; init; } = "text";

    [CommandOption("-o|--output <FILE>")]
    [Description("File to write; must not exist, and is not left behind half written. Default: standard output.")]
    public string? Output { get; init; }

    [CommandOption("--whole")]
    [Description("Write nothing but the bytes of the ids. Binary formats always do so. Default: a newline behind each text.")]
    public bool Whole { get; init; }

    [CommandOption("--show-special")]
    [Description("Write special tokens by their names; default: they have no text.")]
    public bool ShowSpecial { get; init; }
}

/// <summary>Decodes ids.</summary>
internal sealed class DecodeCommand : Command<DecodeSettings>
{
    private const int PartBytes = 1 << 16;

    public override int Execute(CommandContext context, DecodeSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Ids is not null && settings.Input is not null)
        {
            throw new JobInputException($"Both --ids and the input '{StandardStreams.NameOf(settings.Input)}'; give one of them.");
        }

        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        IdFormat format = settings.Ids is null ? IdFormats.Parse(settings.Format, tokenizer.Model) : IdFormat.Text;
        using Stream input = settings.Ids is null ? StandardStreams.OpenInput(settings.Input) : new MemoryStream(Encoding.UTF8.GetBytes(settings.Ids));
        string name = settings.Ids is null ? StandardStreams.NameOf(settings.Input) : "--ids";
        StandardStreams.Write(settings.Output, output => Run(tokenizer, input, name, output, format, settings, cancellationToken));
        return ExitCodes.Done;
    }

    private static void Run(
        Tokenizer tokenizer, Stream input, string name, Stream output, IdFormat format, DecodeSettings settings, CancellationToken cancellationToken)
    {
        var text = new ArrayBufferWriter<byte>(PartBytes);
        bool endsTexts = !settings.Whole && !format.IsBinary();
        var reader = new IdReader(name, format, tokenizer.Model.IdCount, OnId, OnEndOfText);
        byte[] part = new byte[PartBytes];
        try
        {
            for (int read = input.Read(part); read > 0; read = input.Read(part))
            {
                cancellationToken.ThrowIfCancellationRequested();
                reader.Append(part.AsSpan(0, read));
                WriteOut();
            }

            reader.Complete();
        }
        finally
        {
            // What came before a fault is right.
            WriteOut();
        }

        void OnId(int id)
        {
            if (settings.ShowSpecial && tokenizer.Model.SpecialTokens.TryGetName(id, out string special))
            {
                text.Write(Encoding.UTF8.GetBytes(special));
            }
            else
            {
                tokenizer.Decode([id], text);
            }
        }

        void OnEndOfText()
        {
            if (endsTexts)
            {
                text.Write("\n"u8);
            }
        }

        void WriteOut()
        {
            output.Write(text.WrittenSpan);
            output.Flush();
            text.ResetWrittenCount();
        }
    }
}
