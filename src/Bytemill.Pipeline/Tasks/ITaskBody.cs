namespace Bytemill.Pipeline;

/// <summary>The work of one kind of task: reads committed files and the corpus, writes into its attempt directory only.</summary>
/// <remarks>
/// Runs on a thread of the <see cref="CpuPool"/>. Deterministic: two attempts at a task write the same bytes. Knows nothing
/// of actors.
/// </remarks>
internal interface ITaskBody
{
    TaskMetrics Run(TaskContext context);
}
