using Bytemill.Pipeline;

namespace Bytemill.Web.Dashboard.Parts;

/// <summary>Words and times as pages show them.</summary>
internal static class Words
{
    public static string Of(JobStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Colour of a chip for a status.</summary>
    public static string Tone(JobStatus status) => status switch
    {
        JobStatus.Running => "running",
        JobStatus.Completed => "good",
        JobStatus.Failed => "bad",
        JobStatus.Paused => "slow",
        _ => "",
    };

    public static bool IsOver(JobStatus status) => status is JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled;

    /// <summary>About how long: 42 s, 3 min 10 s, 2 h 5 min, 3 d 4 h.</summary>
    public static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => Units.Format($"{Math.Max(0, time.TotalSeconds):0.0} s"),
        { TotalMinutes: < 1 } => Units.Format($"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => Units.Format($"{time.Minutes} min {time.Seconds} s"),
        { TotalDays: < 1 } => Units.Format($"{time.Hours} h {time.Minutes} min"),
        _ => Units.Format($"{(int)time.TotalDays} d {time.Hours} h"),
    };

    public static string Seconds(double seconds) => Span(TimeSpan.FromSeconds(seconds));

    /// <summary>How long ago.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => now - at < TimeSpan.FromSeconds(2) ? "just now" : Span(TimeSpan.FromSeconds(Math.Round((now - at).TotalSeconds))) + " ago";

    /// <summary>A moment of the wire: milliseconds since 1970-01-01 UTC.</summary>
    public static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>A moment in full.</summary>
    public static string Full(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) + " UTC";

    /// <summary>What a job does.</summary>
    public static string Of(JobMode? mode) => mode switch
    {
        JobMode.Run => "train and tokenize",
        JobMode.Train => "train",
        JobMode.Tokenize => "tokenize",
        _ => "",
    };
}
