namespace Bytemill.Pipeline;

/// <summary>How far one attempt is; written by the thread that computes, read by whoever reports.</summary>
internal sealed class TaskMeter(TaskProtocol.AssignTask assignment)
{
    private long _units;
    private long _totalUnits;
    private FileScratchSpace? _scratch;

    public TaskProtocol.AssignTask Assignment { get; } = assignment;

    /// <summary>Units done.</summary>
    public long Units
    {
        get => Interlocked.Read(ref _units);
        set => Interlocked.Exchange(ref _units, value);
    }

    /// <summary>Units of the task; 0 as long as it stands in a queue, or its plan is being read.</summary>
    public long TotalUnits
    {
        get => Interlocked.Read(ref _totalUnits);
        set => Interlocked.Exchange(ref _totalUnits, value);
    }

    /// <summary>Its temporary files; <c>null</c> before it has a directory for them.</summary>
    public FileScratchSpace? Scratch
    {
        get => Volatile.Read(ref _scratch);
        set => Volatile.Write(ref _scratch, value);
    }
}
