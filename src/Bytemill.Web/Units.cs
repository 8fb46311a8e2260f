using System.Globalization;

namespace Bytemill.Web;

/// <summary>Sizes and times for people, always in the invariant culture. MB = 10⁶ bytes.</summary>
public static class Units
{
    public static string Bytes(double bytes) => bytes switch
    {
        >= 1e12 => Format($"{bytes / 1e12:0.00} TB"),
        >= 1e9 => Format($"{bytes / 1e9:0.00} GB"),
        >= 1e6 => Format($"{bytes / 1e6:0.0} MB"),
        >= 1e3 => Format($"{bytes / 1e3:0.0} kB"),
        _ => Format($"{bytes:0} B"),
    };

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? Format($"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
        : Format($"{time.Minutes}:{time.Seconds:00}");

    public static string Format(FormattableString text) => FormattableString.Invariant(text);
}
