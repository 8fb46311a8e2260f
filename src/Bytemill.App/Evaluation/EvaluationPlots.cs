using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Tokenization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Bytemill.App;

/// <summary>The plots of a report, as SVG that can stand inside a page.</summary>
internal static class EvaluationPlots
{
    // More bars than this nobody reads; the table has them all.
    private const int MostGroups = 40;

    private const int Width = 900;

    // Okabe and Ito's colours, which can be told apart by nearly all eyes.
    private static readonly OxyColor[] s_colors =
    [
        OxyColor.FromRgb(0, 114, 178), OxyColor.FromRgb(230, 159, 0), OxyColor.FromRgb(0, 158, 115), OxyColor.FromRgb(204, 121, 167),
        OxyColor.FromRgb(86, 180, 233), OxyColor.FromRgb(213, 94, 0), OxyColor.FromRgb(240, 228, 66), OxyColor.FromRgb(80, 80, 80),
    ];

    /// <summary>Colour of a model in all plots, as <c>#rrggbb</c>.</summary>
    public static string HexColorOf(int index)
    {
        OxyColor color = ColorOf(index);
        return Units.Format($"#{color.R:x2}{color.G:x2}{color.B:x2}");
    }

    /// <summary>Bytes per token of each group, the largest groups first.</summary>
    public static string Groups(EvaluationReport report)
    {
        int[] rows =
        [
            .. Enumerable.Range(0, report.Models[0].Groups.Length)
                .OrderByDescending(row => report.Models[0].Groups[row].Value.TextBytes).ThenBy(row => row).Take(MostGroups),
        ];
        PlotModel plot = NewPlot();
        var categories = new CategoryAxis { Position = AxisPosition.Left, StartPosition = 1, EndPosition = 0, GapWidth = 0.3, IsTickCentered = true };
        categories.Labels.AddRange(rows.Select(row => report.Models[0].Groups[row].Key));
        plot.Axes.Add(categories);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "bytes per token", AxisTitleDistance = 8, Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        for (int i = 0; i < report.Models.Length; i++)
        {
            var bars = new BarSeries { Title = report.Models[i].Name, FillColor = ColorOf(i) };
            foreach (int row in rows)
            {
                double value = report.Models[i].Groups[row].Value.BytesPerToken;
                bars.Items.Add(new BarItem(double.IsNaN(value) ? 0 : value));
            }

            plot.Series.Add(bars);
        }

        return ToSvg(plot, "groups", Math.Max(260, 110 + (rows.Length * (14 + (8 * report.Models.Length)))));
    }

    /// <summary>Share of tokens by the length of their piece.</summary>
    public static string Lengths(ImmutableArray<ModelEvaluation> models)
    {
        PlotModel plot = NewPlot();
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "length of the piece, bytes", AxisTitleDistance = 8, Minimum = 0, MinimumMajorStep = 1 });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "share of tokens, %", AxisTitleDistance = 14, Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        for (int i = 0; i < models.Length; i++)
        {
            VocabularyUsage usage = models[i].Usage;
            LineSeries line = NewLine(models[i].Name, i);
            line.MarkerType = MarkerType.Circle;
            line.MarkerSize = 2.5;
            for (int length = 1; length < usage.TokensOfLength.Length && usage.Totals.Tokens > 0; length++)
            {
                line.Points.Add(new DataPoint(length, 100.0 * usage.TokensOfLength[length] / usage.Totals.Tokens));
            }

            plot.Series.Add(line);
        }

        return ToSvg(plot, "lengths", 380);
    }

    /// <summary>Count of each piece by its rank, both axes logarithmic.</summary>
    public static string Ranks(ImmutableArray<ModelEvaluation> models)
    {
        PlotModel plot = NewPlot();
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "rank of the piece", AxisTitleDistance = 8, MajorGridlineStyle = LineStyle.Dot });
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = "tokens", AxisTitleDistance = 14, MajorGridlineStyle = LineStyle.Dot });
        for (int i = 0; i < models.Length; i++)
        {
            ImmutableArray<long> counts = models[i].Usage.CountsByRank();
            LineSeries line = NewLine(models[i].Name, i);
            // Ranks by steps of a tenth: a hundred points where a vocabulary has a hundred thousand pieces.
            for (int rank = 1; rank <= counts.Length; rank += Math.Max(1, rank / 10))
            {
                line.Points.Add(new DataPoint(rank, counts[rank - 1]));
            }

            plot.Series.Add(line);
        }

        return ToSvg(plot, "ranks", 380);
    }

    private static PlotModel NewPlot() =>
        // The legend is the page's: the exporter does not know how wide the reader's font is.
        new PlotModel { Background = OxyColors.White, Culture = CultureInfo.InvariantCulture, DefaultFont = "sans-serif", IsLegendVisible = false };

    private static LineSeries NewLine(string name, int index) => new()
    {
        Title = name,
        Color = ColorOf(index),
        LineStyle = index < s_colors.Length ? LineStyle.Solid : LineStyle.Dash,
    };

    private static OxyColor ColorOf(int index) => s_colors[index % s_colors.Length];

    // Names of clip paths must differ within a page, and the exporter numbers them anew for each plot.
    private static string ToSvg(PlotModel plot, string name, double height)
    {
        string svg = SvgExporter.ExportToString(plot, Width, height, isDocument: false);
        return svg.Replace("clipPath", name + "-clip", StringComparison.Ordinal)
            .Replace("<" + name + "-clip", "<clipPath", StringComparison.Ordinal)
            .Replace("</" + name + "-clip", "</clipPath", StringComparison.Ordinal);
    }
}
