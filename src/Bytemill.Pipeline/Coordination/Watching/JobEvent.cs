namespace Bytemill.Pipeline;

/// <summary>Something that happened to a job.</summary>
/// <param name="Sequence">Its number, ascending within the job and the epoch.</param>
/// <param name="At">When, in milliseconds since 1970-01-01 UTC; 0 where that was not written down.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Text">One line.</param>
/// <param name="Stage">Number of the stage that it is about; 0 for none.</param>
/// <param name="Task">Index of the task that it is about; negative for none.</param>
/// <param name="Owner">Worker or node that it is about, as <c>host:port/worker-0</c> or <c>host:port</c>; empty for none.</param>
public sealed record JobEvent(long Sequence, long At, EventSeverity Severity, string Text, int Stage = 0, int Task = -1, string Owner = "");
