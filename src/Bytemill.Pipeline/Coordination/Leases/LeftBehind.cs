using Akka.Actor;

namespace Bytemill.Pipeline;

/// <summary>Why a node ends: it is in a cluster of its own while the coordinator is at work in another one. Started again, it joins that.</summary>
/// <param name="lease">The lease that the other cluster has.</param>
public sealed class LeftBehind(string lease) : CoordinatedShutdown.Reason
{
    /// <inheritdoc/>
    public override int ExitCode => 1;

    /// <summary>One line for the user.</summary>
    public string Message { get; } =
        $"The coordinator is in another cluster, which keeps the lease {lease}: this node stood still or was cut off while the others went on, or began by itself. Start it anew, and it joins them.";
}
