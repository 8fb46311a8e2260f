using System.Text.Json;
using Bytemill.Pipeline;
using Spectre.Console;

namespace Bytemill.App;

/// <summary>Shows a plan to a person or a machine.</summary>
internal static class PlanDisplay
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    // A pipe has no width; without one, tables are cut to 80 columns.
    private const int PipedWidth = 160;

    public static string ToJson(PlanReport report) => JsonSerializer.Serialize(report, s_json);

    public static void Write(PlanReport report, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PipedWidth;
        }

        ClusterShape cluster = report.Cluster;
        string nodes = cluster.Nodes == 1 ? "this machine" : Units.Format($"{cluster.Nodes} nodes");
        Line(console, Units.Format(
            $"{Units.Bytes(report.TextBytes)} of text on {nodes} with {cluster.Workers} workers and {Units.Bytes(cluster.MemoryBytes)} of memory, by a sample of {Units.Bytes(report.SampleBytes)}:"));
        var table = new Table().Border(TableBorder.Simple).AddColumn("phase");
        foreach (string column in (string[])["time", "limited by", "memory", "disk written", "disk in use", .. cluster.Nodes == 1 ? (string[])[] : ["of it per node", "network"]])
        {
            table.AddColumn(new TableColumn(column) { Alignment = column == "limited by" ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (PhaseEstimate phase in report.Phases)
        {
            string[] network = cluster.Nodes == 1 ? [] : [Units.Bytes(phase.DiskUsedBytes / cluster.Nodes), Units.Bytes(phase.NetworkBytes)];
            table.AddRow(
                [phase.Name, Time(phase.Seconds), phase.Limit, Units.Bytes(phase.MemoryBytes), Units.Bytes(phase.DiskWrittenBytes), Units.Bytes(phase.DiskUsedBytes), .. network]);
        }

        string[] totals = cluster.Nodes == 1 ? [] : [Units.Bytes(report.PeakDiskBytes / cluster.Nodes), Units.Bytes(report.Phases.Sum(phase => phase.NetworkBytes))];
        table.AddRow(
            ["in all", Time(report.TotalSeconds), "", Units.Bytes(report.PeakMemoryBytes), Units.Bytes(report.Phases.Sum(phase => phase.DiskWrittenBytes)), Units.Bytes(report.PeakDiskBytes), .. totals]);
        console.Write(table);
        Line(console, Units.Format(
            $"n-grams {Rounded(report.DistinctNGrams)} distinct of the longest, {Rounded(report.KeptNGrams)} kept in a model of {Units.Bytes(report.ModelBytes)}; pieces {Rounded(report.DistinctPieces)} distinct"));
        foreach (string warning in report.Warnings)
        {
            console.Markup("[yellow]warning:[/] ");
            Line(console, warning + ".");
        }
    }

    // Not wrapped: a pipe has no width.
    private static void Line(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    private static string Time(double seconds) => seconds switch
    {
        < 100 => Units.Format($"{seconds:0.0} s"),
        < 48 * 3600 => Units.Duration(TimeSpan.FromSeconds(seconds)),
        _ => Units.Format($"{seconds / 86400:0.0} days"),
    };

    private static string Rounded(double number) => number switch
    {
        >= 1e9 => Units.Format($"{number / 1e9:0.0} billion"),
        >= 1e6 => Units.Format($"{number / 1e6:0.0} million"),
        _ => Units.Count((long)number),
    };
}
