namespace Bytemill.Pipeline;

/// <summary>A job that waits for room on a disk.</summary>
/// <param name="Reason">What failed.</param>
/// <param name="Tries">How often the job has stood still since a task was last committed, 1 or more.</param>
internal sealed record DiskStall(string Reason, int Tries)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before trying again: every try costs the work of a task.</summary>
    public TimeSpan Pause => TimeSpan.FromTicks(Math.Min(s_longest.Ticks, s_first.Ticks << Math.Min(Tries - 1, 10)));

    /// <summary>One line for the user.</summary>
    public string Notice => $"the disk is full; make room and the job goes on by itself, or end it with Ctrl-C ({Reason.TrimEnd('.')})";
}
