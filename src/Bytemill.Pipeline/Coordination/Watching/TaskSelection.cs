namespace Bytemill.Pipeline;

/// <summary>Which tasks of a stage are asked for. Numbers are on the wire: never reuse one.</summary>
public enum TaskSelection
{
    /// <summary>All of them.</summary>
    All = 0,

    /// <summary>Those that run.</summary>
    Running = 1,

    /// <summary>Those of which an attempt came to nothing, whatever became of them since.</summary>
    Troubled = 2,

    /// <summary>Those that run and take long.</summary>
    Stragglers = 3,
}
