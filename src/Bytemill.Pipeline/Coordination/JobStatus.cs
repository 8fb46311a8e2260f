namespace Bytemill.Pipeline;

/// <summary>Where a job stands. Numbers are on the wire: never reuse one.</summary>
public enum JobStatus
{
    /// <summary>In the queue.</summary>
    Waiting = 1,

    /// <summary>Being worked on.</summary>
    Running = 2,

    /// <summary>Standing still until it is resumed.</summary>
    Paused = 3,

    /// <summary>Over; its work files are being removed.</summary>
    Ending = 4,

    /// <summary>Its results are in place.</summary>
    Completed = 5,

    /// <summary>Ended without results.</summary>
    Failed = 6,

    /// <summary>Ended because somebody wanted it so.</summary>
    Cancelled = 7,
}
