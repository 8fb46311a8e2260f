using System.ComponentModel;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>convert</c>.</summary>
internal sealed class ConvertSettings : CommandSettings
{
    [CommandArgument(0, "<SOURCE>")]
    [Description("Model to read.")]
    public string Source { get; init; } = "";

    [CommandArgument(1, "<TARGET>")]
    [Description("File to write; must not exist.")]
    public string Target { get; init; } = "";

    [CommandOption("--from <FORMAT>")]
    [Description("Format of SOURCE: bytemill or bytepiece.")]
    [DefaultValue("bytemill")]
    public string From { get; init; } = "bytemill";

    [CommandOption("--to <FORMAT>")]
    [Description("Format of TARGET: bytemill or bytepiece.")]
    [DefaultValue("bytemill")]
    public string To { get; init; } = "bytemill";
}

/// <summary>Converts between our model file and the reference's JSON.</summary>
internal sealed class ConvertCommand : Command<ConvertSettings>
{
    public override int Execute(CommandContext context, ConvertSettings settings, CancellationToken cancellationToken)
    {
        Action<TokenizerModel, Stream> write = WriterFor(settings.To);
        if (File.Exists(settings.Target))
        {
            throw new JobInputException($"'{settings.Target}' exists; give another name, or remove it first.");
        }

        TokenizerModel model = Read(settings);
        ModelOutput.WriteAtomically(settings.Target, stream => write(model, stream));
        Console.Out.WriteLine(Units.Format($"{settings.Target}: {Units.Count(model.Vocabulary.Count)} ids ({settings.To})"));
        return ExitCodes.Done;
    }

    private static TokenizerModel Read(ConvertSettings settings)
    {
        if (!File.Exists(settings.Source))
        {
            throw new JobInputException($"No model at '{settings.Source}'.");
        }

        try
        {
            using FileStream file = File.OpenRead(settings.Source);
            return settings.From switch
            {
                "bytemill" => ModelFile.Read(file),
                "bytepiece" => BytePieceFormat.Read(file),
                _ => throw UnknownFormat("--from", settings.From),
            };
        }
        catch (ModelFormatException e)
        {
            throw new JobInputException($"{settings.Source}: {e.Message}", e);
        }
    }

    private static Action<TokenizerModel, Stream> WriterFor(string format) => format switch
    {
        "bytemill" => ModelFile.Write,
        "bytepiece" => BytePieceFormat.Write,
        _ => throw UnknownFormat("--to", format),
    };

    private static JobInputException UnknownFormat(string option, string found) => new($"{option} is bytemill or bytepiece; found '{found}'.");
}
