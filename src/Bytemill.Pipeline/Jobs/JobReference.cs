namespace Bytemill.Pipeline;

/// <summary>Names a job on every node: its id, the coordinator's fencing epoch, and where its work files are.</summary>
/// <param name="JobId">Unique id, also the name of the work directory.</param>
/// <param name="Epoch">Grows with every incarnation of the coordinator; work of a lower epoch is refused.</param>
/// <param name="WorkDirectory">Directory on storage that every node of the job sees.</param>
public sealed record JobReference(string JobId, long Epoch, string WorkDirectory);
