namespace Bytemill.Pipeline;

/// <summary>Where a task stands. Numbers are on the wire: never reuse one.</summary>
public enum TaskState
{
    /// <summary>Nobody has begun it.</summary>
    Waiting = 0,

    /// <summary>Somebody works on it.</summary>
    Running = 1,

    /// <summary>An attempt is committed.</summary>
    Done = 2,

    /// <summary>It waits, and its last attempt came to nothing.</summary>
    Failed = 3,
}
