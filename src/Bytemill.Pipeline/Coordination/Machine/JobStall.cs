namespace Bytemill.Pipeline;

/// <summary>A job that stands still until something outside of it is put right, and is tried again by itself.</summary>
/// <param name="Notice">One line for the user: what is wrong, and what to do.</param>
/// <param name="Tries">How often the job has stood still since a task was last committed, 1 or more.</param>
internal sealed record JobStall(string Notice, int Tries)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait before trying again: every try costs the work of a task.</summary>
    public TimeSpan Pause => TimeSpan.FromTicks(Math.Min(s_longest.Ticks, s_first.Ticks << Math.Min(Tries - 1, 10)));

    /// <summary>For room on a disk.</summary>
    /// <param name="reason">What failed.</param>
    /// <param name="tries">See <see cref="Tries"/>.</param>
    public static JobStall OfFullDisk(string reason, int tries) =>
        new($"the disk is full; make room and the job goes on by itself, or end it with Ctrl-C ({reason.TrimEnd('.')})", tries);

    /// <summary>For an object store to answer.</summary>
    /// <param name="reason">What failed.</param>
    /// <param name="tries">See <see cref="Tries"/>.</param>
    public static JobStall OfStore(string reason, int tries) =>
        new($"an object store does not answer; the job goes on by itself once it does, or end it with Ctrl-C ({reason.TrimEnd('.')})", tries);

    /// <summary>For storage to answer: what was done cannot be seen or written down, which is not to say that it is gone.</summary>
    /// <param name="reason">What failed.</param>
    /// <param name="tries">See <see cref="Tries"/>.</param>
    public static JobStall OfStorage(string reason, int tries) =>
        new($"what is done of the job cannot be looked at or written down; the job goes on by itself once it can, or end it with Ctrl-C ({reason.TrimEnd('.')})", tries);
}
