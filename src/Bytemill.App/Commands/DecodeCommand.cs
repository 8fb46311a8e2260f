using System.ComponentModel;
using System.Globalization;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>decode</c>.</summary>
internal sealed class DecodeSettings : CommandSettings
{
    [CommandOption("-m|--model <FILE>")]
    [Description("The model.bytemill of a training run.")]
    public string Model { get; init; } = "";

    [CommandOption("--ids <IDS>")]
    [Description("Ids separated by spaces or commas; default: the lines of standard input.")]
    public string? Ids { get; init; }
}

/// <summary>Decodes ids.</summary>
internal sealed class DecodeCommand : Command<DecodeSettings>
{
    public override int Execute(CommandContext context, DecodeSettings settings, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = ModelLoader.Load(settings.Model);
        using Stream output = Console.OpenStandardOutput();
        IEnumerable<string> lines = settings.Ids is { } ids ? [ids] : ReadLines();
        foreach (string line in lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            output.Write(tokenizer.Decode(ReadIds(line, tokenizer.Model.Vocabulary.Count)));
            output.Write("\n"u8);
        }

        return ExitCodes.Done;
    }

    private static IEnumerable<string> ReadLines()
    {
        while (Console.In.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static int[] ReadIds(string line, int idCount)
    {
        string[] parts = line.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int[] ids = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]) || ids[i] >= idCount)
            {
                throw new JobInputException(Units.Format($"'{parts[i]}' is not an id of this model; its ids are 0 to {idCount - 1}."));
            }
        }

        return ids;
    }
}
