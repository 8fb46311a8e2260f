using System.ComponentModel;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>encode</c>.</summary>
internal sealed class EncodeSettings : CommandSettings
{
    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run.")]
    public string Model { get; init; } = "";

    [CommandOption("--text <TEXT>")]
    [Description("Text to encode; default: the lines of standard input.")]
    public string? Text { get; init; }

    [CommandOption("--pieces")]
    [Description("Show the pieces instead of the ids; bytes that are not text as <0xHH>.")]
    public bool Pieces { get; init; }
}

/// <summary>Encodes text.</summary>
internal sealed class EncodeCommand : Command<EncodeSettings>
{
    public override int Execute(CommandContext context, EncodeSettings settings, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        if (settings.Text is { } text)
        {
            Write(tokenizer, text, settings.Pieces);
            return ExitCodes.Done;
        }

        using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true));
        long lines = 0;
        try
        {
            while (input.ReadLine() is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Write(tokenizer, line, settings.Pieces);
                lines++;
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new JobInputException(
                $"Standard input is not UTF-8 somewhere after line {lines}. Convert it first, for example with iconv.", e);
        }

        return ExitCodes.Done;
    }

    private static void Write(Tokenizer tokenizer, string text, bool pieces)
    {
        int[] ids = tokenizer.Encode(text);
        Console.Out.WriteLine(pieces
            ? string.Join(' ', ids.Select(id => PieceText.Show(tokenizer.Model.Vocabulary.GetPiece(id))))
            : string.Join(' ', ids));
    }
}
