namespace Bytemill.Web.Dashboard;

/// <summary>Where a phase stands.</summary>
public enum PhaseState
{
    /// <summary>To come.</summary>
    Waiting,

    /// <summary>Under way.</summary>
    Now,

    /// <summary>Over.</summary>
    Done,

    /// <summary>The job failed in it.</summary>
    Failed,
}
