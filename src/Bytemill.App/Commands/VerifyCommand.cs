using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>verify</c>.</summary>
internal sealed class VerifySettings : CommandSettings
{
    [CommandArgument(0, "<OUT>")]
    [Description("The output directory of a job that is done.")]
    public string Output { get; init; } = "";

    [CommandOption("--rows <N>")]
    [Description("Rows of each file to decode, spread over it, and to compare with the text of the input where that is still there: a number, or all. Checksums and counts are always of the whole.")]
    [DefaultValue("100")]
    public string Rows { get; init; } = "100";

    [CommandOption("-m|--model <FILE>")]
    [Description("The model that the files were made with, where it is not in the output and no longer at the place that the manifest names.")]
    public string? Model { get; init; }

    [CommandOption("--workers <N>")]
    [Description("Files looked at at the same time; default: one for each core.")]
    public int? Workers { get; init; }

    [CommandOption("--json")]
    [Description("Write what was found as JSON.")]
    public bool Json { get; init; }

    public VerifyOptions ToOptions() => new()
    {
        RowsPerFile = Rows == "all" ? long.MaxValue
            : long.TryParse(Rows, NumberStyles.None, CultureInfo.InvariantCulture, out long rows) ? rows
            : throw new JobInputException($"--rows is a number of rows or all; found '{Rows}'."),
        ModelPath = Model,
        Threads = Workers is null or >= 1
            ? Workers ?? Environment.ProcessorCount
            : throw new JobInputException($"--workers must be at least 1; found {Workers}."),
    };
}

/// <summary>Looks the results of a job over.</summary>
internal sealed class VerifyCommand : Command<VerifySettings>
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public override int Execute(CommandContext context, VerifySettings settings, CancellationToken cancellationToken)
    {
        VerifyOptions options = settings.ToOptions();
        using var interruption = new Interruption();
        VerifyReport report = OutputVerifier.Verify(settings.Output, options, interruption.Token);
        if (settings.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, s_json));
        }
        else
        {
            Write(report);
        }

        return report.Faults.IsEmpty ? ExitCodes.Done : ExitCodes.RunFailed;
    }

    private static void Write(VerifyReport report)
    {
        foreach (string note in report.Notes)
        {
            ErrorConsole.WriteWarning(note);
        }

        foreach (string fault in report.Faults)
        {
            ErrorConsole.WriteError(fault);
        }

        Console.Out.WriteLine(Units.Format($"files            {Units.Count(report.Files)}, {Units.Bytes(report.LengthBytes)}"));
        Console.Out.WriteLine(Units.Format($"rows             {Units.Count(report.Rows)}, {Units.Count(report.Tokens)} tokens"));
        Console.Out.WriteLine(Units.Format($"decoded          {Units.Count(report.DecodedRows)} rows, {Units.Count(report.ComparedRows)} of them compared with the input"));
        Console.Out.WriteLine(report.Faults.IsEmpty ? "verified         all is as the manifest says" : Units.Format($"faults           {report.Faults.Length}"));
    }
}
