namespace Bytemill.Pipeline;

/// <summary>An attempt at a task that came to nothing.</summary>
/// <param name="Attempt">Its number.</param>
/// <param name="Owner">Who ran it: a worker or the owner of a shard, with its address.</param>
/// <param name="Reason">One line for the user.</param>
public sealed record FailedAttempt(int Attempt, string Owner, string Reason);
