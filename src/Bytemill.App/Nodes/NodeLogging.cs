namespace Bytemill.App;

/// <summary>How much a node logs.</summary>
internal enum NodeLogging
{
    /// <summary>Only what needs attention: a progress bar has the terminal.</summary>
    WarningsOnly,

    /// <summary>Every change of state.</summary>
    Verbose,
}
