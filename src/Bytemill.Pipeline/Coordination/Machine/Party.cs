namespace Bytemill.Pipeline;

/// <summary>Somebody the coordinator talks with: a worker, a shard host, a client. Nothing is known here but which two are the same.</summary>
/// <param name="Key">Equal for the same party; the actor, outside of tests.</param>
internal readonly record struct Party(object Key);
