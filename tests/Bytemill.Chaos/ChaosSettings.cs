using System.ComponentModel;
using Spectre.Console.Cli;

namespace Bytemill.Chaos;

/// <summary>Options of the command line.</summary>
internal sealed class ChaosSettings : CommandSettings
{
    [CommandOption("--seed <N>")]
    [Description("Chooses faults, victims and moments.")]
    [DefaultValue(1)]
    public int Seed { get; init; } = 1;

    [CommandOption("--rounds <N>")]
    [Description("How many rounds; 0 writes only the page.")]
    [DefaultValue(20)]
    public int Rounds { get; init; } = 20;

    [CommandOption("--round <N>")]
    [Description("Only this round, as it was in a longer run with the same seed and faults.")]
    public int? Round { get; init; }

    [CommandOption("--from <N>")]
    [Description("Number of the first round; to go on with a run that was broken off.")]
    [DefaultValue(1)]
    public int From { get; init; } = 1;

    [CommandOption("--faults <NAMES>")]
    [Description("Faults to choose from, joined by commas. Default: all that can be tried on this machine; some need root.")]
    public string? Faults { get; init; }

    [CommandOption("--at <EVENTS>")]
    [Description("Only strike at these, joined by commas: Accepted, Planned, or kinds of stages of which tasks are finished, as CountNGrams.")]
    public string? At { get; init; }

    [CommandOption("--list")]
    [Description("Only list the faults, with what keeps one from being tried here.")]
    public bool List { get; init; }

    [CommandOption("--corpus <PATH>")]
    [Description("Input of the job. Default: files of the sample corpus.")]
    public string? Corpus { get; init; }

    [CommandOption("--program <FILE>")]
    [Description("The program to try. Default: the one that scripts/bytemill.sh builds.")]
    public string Program { get; init; } = Path.Combine("src", "Bytemill.App", "bin", "publish", "bytemill.dll");

    [CommandOption("--directory <DIR>")]
    [Description("New directory for outputs and logs. Default: one in the system's directory for temporary files; removed when all is well.")]
    public string? Directory { get; init; }

    [CommandOption("--results <FILE>")]
    [Description("Adds a line of JSON for each round to this file.")]
    public string? Results { get; init; }

    [CommandOption("--page <FILE>")]
    [Description("Writes the table of all rounds in --results into this page, between its markers.")]
    public string? Page { get; init; }
}
