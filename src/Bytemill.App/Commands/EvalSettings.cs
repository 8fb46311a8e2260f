using System.ComponentModel;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>eval</c>.</summary>
internal sealed class EvalSettings : CommandSettings
{
    [CommandArgument(0, "[INPUTS]")]
    [Description("Input files, as --input: also what the shell makes of an unquoted glob.")]
    public string[] MoreInputs { get; init; } = [];

    [CommandOption("-m|--model <FILE>")]
    [Description("Model to measure; give it several times to compare models, also of different formats and sizes.")]
    public string[] Models { get; init; } = [];

    [CommandOption("-i|--input <PATH>")]
    [Description("Parquet, .jsonl or .txt files (these also .gz or .zst): a file, a directory or a quoted glob ('DIR/*.parquet'); may be given several times. See docs/input.md.")]
    public string[] Inputs { get; init; } = [];

    [CommandOption("--text-column <NAME>")]
    [Description("Column or JSON property that holds the text, also in a struct: doc.text. In .txt files every line is a text.")]
    [DefaultValue("text")]
    public string TextColumn { get; init; } = "text";

    [CommandOption("--where <CONDITION>")]
    [Description(RowOption.WhereHelp)]
    public string? Where { get; init; }

    [CommandOption("--sample <FRACTION>")]
    [Description(RowOption.SampleHelp)]
    public double? Sample { get; init; }

    [CommandOption("--limit <N>")]
    [Description(RowOption.LimitHelp)]
    public long? Limit { get; init; }

    [CommandOption("--group-by <NAME>")]
    [Description("Column of few different strings, such as the language: figures for each of them too.")]
    public string? GroupBy { get; init; }

    [CommandOption("--json")]
    [Description("Write the report as JSON instead of tables.")]
    public bool Json { get; init; }

    [CommandOption("--html <FILE>")]
    [Description("Also write the report as one page with plots, which needs nothing else to be looked at.")]
    public string? Html { get; init; }

    [CommandOption("--counts <FILE>")]
    [Description("Also write how often each piece of each model occurred, as a table with tabs: model, id, hex, text, bytes, tokens, tokens expected.")]
    public string? Counts { get; init; }

    [CommandOption("--overwrite")]
    [Description("Replace the files of --html and --counts where they exist.")]
    public bool Overwrite { get; init; }

    [CommandOption("--top <N>")]
    [Description("How many pieces the lists of pieces show, in the table at most 10; 0 for no lists.")]
    [DefaultValue(30)]
    public int Top { get; init; } = 30;

    [CommandOption("--workers <N>")]
    [Description("Threads; default: one for each core. Changes no result.")]
    public int? Workers { get; init; }
}
