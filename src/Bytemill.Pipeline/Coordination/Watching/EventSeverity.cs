namespace Bytemill.Pipeline;

/// <summary>How much an event of a job matters. Numbers are on the wire and in the journal: never reuse one.</summary>
public enum EventSeverity
{
    /// <summary>As it should be.</summary>
    Info = 1,

    /// <summary>Something went wrong, and is made good.</summary>
    Warning = 2,

    /// <summary>The job ends without results.</summary>
    Error = 3,
}
