namespace Bytemill.Pipeline;

/// <summary>One attempt at one task of one stage.</summary>
/// <param name="Job">The job and the epoch of the coordinator that gave the attempt out.</param>
/// <param name="Stage">Number of the stage.</param>
/// <param name="Index">Index of the task in its stage: partition, shard or file.</param>
/// <param name="Attempt">1 for the first attempt.</param>
public sealed record TaskIdentity(JobReference Job, int Stage, int Index, int Attempt);
