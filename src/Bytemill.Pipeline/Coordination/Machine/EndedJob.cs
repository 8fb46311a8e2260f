using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>A job that is over, as far as somebody may still ask for it.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="End">How it ended.</param>
/// <param name="Mode">What it did; <c>null</c> when it was cancelled before it was accepted.</param>
/// <param name="OutputDirectory">Where to; empty in that case.</param>
/// <param name="Priority">Its last priority.</param>
/// <param name="AcceptedAt">When it was accepted, in milliseconds since 1970-01-01 UTC; 0 where that was not written down.</param>
/// <param name="EndedAt">When it ended, likewise.</param>
/// <param name="Events">What happened to it, for those who watch.</param>
internal sealed record EndedJob(
    string JobId, JobEnd End, JobMode? Mode, string OutputDirectory, int Priority, long AcceptedAt, long EndedAt, ImmutableArray<JobEvent> Events);
