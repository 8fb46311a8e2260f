using System.ComponentModel;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>convert</c>.</summary>
internal sealed class ConvertSettings : CommandSettings
{
    [CommandArgument(0, "<SOURCE>")]
    [Description("Model to read, of any format; which one is seen from its contents. '-' is standard input.")]
    public string Source { get; init; } = "";

    [CommandArgument(1, "<TARGET>")]
    [Description("File to write; '-' is standard output. For huggingface also a folder: tokenizer.json and tokenizer_config.json, as transformers loads them.")]
    public string Target { get; init; } = "";

    [CommandOption("--to <FORMAT>")]
    [Description("Format of TARGET: " + ModelFormatNames.All + ". Without it, by the name of TARGET: *.bytemill, *.bytemillc (compiled), tokenizer.json or a folder (huggingface), other *.json (bytepiece), *.model (sentencepiece), *.tsv.")]
    public string? To { get; init; }

    [CommandOption("--from <FORMAT>")]
    [Description("Format that SOURCE must have; an error if it has another.")]
    public string? From { get; init; }

    [CommandOption("--leave-out")]
    [Description("For sentencepiece: leave out pieces that it cannot hold (not valid UTF-8, or with a zero byte). Text that needs them gets other ids.")]
    public bool LeaveOut { get; init; }

    [CommandOption("--force")]
    [Description("Replace TARGET if it exists.")]
    public bool Force { get; init; }
}

/// <summary>Converts models between formats.</summary>
internal sealed class ConvertCommand : Command<ConvertSettings>
{
    private const string Pipe = StandardStreams.Name;

    public override int Execute(CommandContext context, ConvertSettings settings, CancellationToken cancellationToken)
    {
        // A folder holds the files of Hugging Face and nothing else.
        bool isFolder = settings.Target != Pipe && (Directory.Exists(settings.Target) || Path.EndsInDirectorySeparator(settings.Target));
        ModelFormat to = TargetFormat(settings, isFolder);
        string target = isFolder ? Path.Combine(settings.Target, "tokenizer.json") : settings.Target;
        string? config = isFolder ? Path.Combine(settings.Target, "tokenizer_config.json") : null;
        foreach (string? path in (ReadOnlySpan<string?>)[target, config])
        {
            if (path != Pipe && File.Exists(path) && !settings.Force)
            {
                throw new JobInputException($"'{path}' exists; give another name, or replace it with --force.");
            }
        }

        TokenizerModel model = Read(settings);
        using var content = new MemoryStream();
        int leftOut;
        try
        {
            leftOut = Write(model, to, content, settings.LeaveOut);
        }
        catch (ModelExportException e)
        {
            throw new JobInputException($"{StandardStreams.NameOf(settings.Source)}: {e.Message}", e);
        }

        if (target == Pipe)
        {
            using (Stream output = StandardStreams.OpenOutput(target))
            {
                content.WriteTo(output);
            }

            Report(Console.Error);
            return ExitCodes.Done;
        }

        if (isFolder)
        {
            Directory.CreateDirectory(settings.Target);
            ModelOutput.WriteAtomically(config!, stream => HuggingFaceFormat.WriteConfig(model, stream), settings.Force);
        }

        ModelOutput.WriteAtomically(target, content.WriteTo, settings.Force);
        Report(Console.Out);
        return ExitCodes.Done;

        void Report(TextWriter report)
        {
            report.WriteLine(Units.Format($"{(target == Pipe ? "standard output" : target)}: {Units.Count(model.IdCount)} ids ({ModelFormatNames.NameOf(to)})"));
            foreach (string note in Notes(model, to, leftOut))
            {
                report.WriteLine("note: " + note);
            }
        }
    }

    private static ModelFormat TargetFormat(ConvertSettings settings, bool isFolder)
    {
        ModelFormat? named = settings.To is null ? null : ModelFormatNames.Parse("--to", settings.To);
        if (isFolder && named is not (null or ModelFormat.HuggingFace))
        {
            throw new JobInputException($"'{settings.Target}' is a folder; only huggingface is written to one. Give a file.");
        }

        return named ?? (isFolder ? ModelFormat.HuggingFace : ModelFormats.FromFileName(settings.Target))
            ?? throw new JobInputException((settings.Target == Pipe ? "Standard output has no name that tells a format" : $"The name '{settings.Target}' tells no format") + $"; say which with --to: {ModelFormatNames.All}.");
    }

    private static TokenizerModel Read(ConvertSettings settings)
    {
        ModelFormat? from = settings.From is null ? null : ModelFormatNames.Parse("--from", settings.From);
        string name = StandardStreams.NameOf(settings.Source);
        if (settings.Source != Pipe && !File.Exists(name))
        {
            throw new JobInputException($"No model at '{name}'.");
        }

        try
        {
            using Stream source = StandardStreams.OpenInput(settings.Source);
            TokenizerModel model = ModelFormats.Read(source, name, out ModelFormat found);
            return from is null || from == found
                ? model
                : throw new JobInputException($"{name}: --from says {settings.From}, but the contents are {ModelFormatNames.NameOf(found)}. Leave --from out, or give another file.");
        }
        catch (ModelFormatException e)
        {
            throw new JobInputException(e.Message, e);
        }
    }

    private static int Write(TokenizerModel model, ModelFormat format, Stream stream, bool leaveOut)
    {
        if (format == ModelFormat.SentencePiece)
        {
            return SentencePieceFormat.Write(model, stream, leaveOut);
        }

        ModelFormats.Write(model, format, stream);
        return 0;
    }

    // What a user would otherwise find out from wrong ids.
    private static IEnumerable<string> Notes(TokenizerModel model, ModelFormat to, int leftOut)
    {
        switch (to)
        {
            case ModelFormat.BytePiece when model.Options.IsolateDigits || model.Options.Normalization != TextNormalization.Nfc || model.SpecialTokens.UserDefined.Length > 0:
                yield return "this format has no options and no special tokens: its readers take NFC and do not isolate digits.";
                break;
            case ModelFormat.HuggingFace:
                yield return "Hugging Face finds special tokens in any text, unless told not to (split_special_tokens, encode_special_tokens).";
                break;
            case ModelFormat.SentencePiece:
                if (leftOut > 0)
                {
                    yield return Units.Format($"{Units.Count(leftOut)} pieces left out; text that needs them gets other ids.");
                }

                if (model.Options.Normalization == TextNormalization.Nfc)
                {
                    yield return "SentencePiece does not normalise with this model: put text into NFC first. See docs/formats.md.";
                }

                break;
        }
    }
}
