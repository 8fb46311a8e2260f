using System.Globalization;
using System.Text;

namespace Bytemill.Chaos;

/// <summary>Rounds by kind of fault, as a table in Markdown.</summary>
public static class RoundTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="reports">Rounds in any order.</param>
    public static string Write(IReadOnlyCollection<RoundReport> reports)
    {
        var text = new StringBuilder();
        text.AppendLine("| fault | rounds | good | job, s: median (longest) | tasks in hand of lost nodes: mean (most) | tasks done again: mean (most) |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (IGrouping<FaultKind, RoundReport> group in reports.GroupBy(report => report.Fault).OrderBy(group => group.Key))
        {
            Row(text, group.Key.Name(), [.. group]);
        }

        Row(text, "**all**", [.. reports]);
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, RoundReport[] rounds)
    {
        double[] seconds = [.. rounds.Where(round => round.IsGood).Select(round => round.JobSeconds).Order()];
        string times = seconds.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{seconds[seconds.Length / 2]:0.0} ({seconds[^1]:0.0})");
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rounds.Length} | {rounds.Count(round => round.IsGood)} | {times} | {Of(rounds, round => round.InFlight)} | {Of(rounds, round => round.Redone)} |"));
    }

    private static string Of(RoundReport[] rounds, Func<RoundReport, int> number) =>
        rounds.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{rounds.Average(number):0.0} ({rounds.Max(number)})");
}
