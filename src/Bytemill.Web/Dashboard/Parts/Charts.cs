using MudBlazor;

namespace Bytemill.Web.Dashboard.Parts;

/// <summary>Options that the charts have in common.</summary>
internal static class Charts
{
    /// <summary>Colours of series, told apart by those who see no red or green, on light and dark ground (after Okabe and Ito).</summary>
    public static readonly string[] Palette = ["#3d7fd6", "#e08a00", "#1f9d74", "#c2559d", "#7a6ff0", "#d1462f", "#3fb5c8", "#9a8b00"];

    /// <summary>Distance of lines so that there are four to eight up to <paramref name="largest"/>: 1, 2 or 5 times a power of ten.</summary>
    public static int TicksFor(double largest)
    {
        double rough = Math.Max(1, largest / 5);
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double times = rough / power;
        return (int)Math.Min(int.MaxValue, power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10));
    }

    /// <summary>Numbers as axes show them: 20 k, 1.5 M.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        >= 1e9 => Units.Format($"{value / 1e9:0.##} G"),
        >= 1e6 => Units.Format($"{value / 1e6:0.##} M"),
        >= 1e3 => Units.Format($"{value / 1e3:0.##} k"),
        _ => Units.Format($"{value:0.##}"),
    };

    /// <summary>Options of bars.</summary>
    public static BarChartOptions Bars(double largest, bool hasLegend) => new()
    {
        ChartPalette = Palette,
        ShowLegend = hasLegend,
        YAxisTicks = TicksFor(largest),
        MaxNumYAxisTicks = 12,
        YAxisToStringFunc = Short,
    };
}
