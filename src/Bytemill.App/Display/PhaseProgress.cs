using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Speed and time left of one phase, from the progress messages.</summary>
internal sealed class PhaseProgress
{
    private readonly TimeProvider _clock;
    private readonly long _startedAt;

    public PhaseProgress(Phase phase, TimeProvider clock)
    {
        Phase = phase;
        _clock = clock;
        _startedAt = clock.GetTimestamp();
    }

    public Phase Phase { get; }

    public TimeSpan Elapsed => _clock.GetElapsedTime(_startedAt);

    /// <summary>Bytes of text a second since the phase began; <c>null</c> when it is too early or the phase is not told in bytes.</summary>
    public double? BytesPerSecond(JobProgressed progress) =>
        progress.UnitsAreBytes && progress.DoneUnits > 0 && Elapsed.TotalSeconds > 0.2 ? progress.DoneUnits / Elapsed.TotalSeconds : null;

    /// <summary>Time left of the phase at its speed so far.</summary>
    public TimeSpan? Remaining(JobProgressed progress) =>
        BytesPerSecond(progress) is { } speed && progress.TotalUnits >= progress.DoneUnits
            ? TimeSpan.FromSeconds((progress.TotalUnits - progress.DoneUnits) / speed)
            : null;
}
