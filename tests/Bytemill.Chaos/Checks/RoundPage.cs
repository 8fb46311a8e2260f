using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>The page that shows the last long run.</summary>
internal static class RoundPage
{
    private const string Begin = "<!-- begin: scripts/chaos.sh -->";
    private const string End = "<!-- end -->";

    /// <summary>Writes the table between the markers of the page.</summary>
    /// <exception cref="ChaosException">The page has no markers.</exception>
    public static void Write(string page, IReadOnlyCollection<RoundReport> reports)
    {
        string text = File.ReadAllText(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new ChaosException($"{page}: no line '{Begin}' with '{End}' after it, to write the table between.");
        }

        string seeds = string.Join(", ", reports.Select(report => report.Seed).Distinct().Order());
        string caption = string.Create(
            CultureInfo.InvariantCulture, $"{reports.Count} rounds, seed {seeds}, {reports.Sum(report => report.Seconds) / 60:0} minutes on {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd}:");
        File.WriteAllText(page, $"{text[..begin]}{Begin}\n{caption}\n\n{RoundTable.Write(reports).ReplaceLineEndings("\n")}{text[end..]}");
    }
}
