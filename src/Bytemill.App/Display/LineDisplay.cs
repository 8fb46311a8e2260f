using Bytemill.Pipeline;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Plain lines, for pipes and log files: one when a phase begins and ends, one every few seconds within.</summary>
internal sealed class LineDisplay : IJobDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private readonly TextWriter _output;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private PhaseProgress? _phase;
    private JobProgressed? _last;
    private long _writtenAt;

    public LineDisplay(TextWriter output, TimeProvider clock)
    {
        _output = output;
        _clock = clock;
    }

    public void Start(JobSpec spec) => _output.WriteLine($"bytemill: {spec.Mode.ToString().ToLowerInvariant()} to {spec.OutputDirectory}");

    public void Update(JobProgressed progress)
    {
        lock (_gate)
        {
            if (_phase is null || progress.Phase != _phase.Phase)
            {
                EndPhase();
                _phase = new PhaseProgress(progress.Phase, _clock);
                _writtenAt = _clock.GetTimestamp();
            }
            else if (_clock.GetElapsedTime(_writtenAt) >= s_interval)
            {
                _writtenAt = _clock.GetTimestamp();
                _output.WriteLine(Describe(progress));
            }

            if (progress.Notice.Length > 0 && progress.Notice != _last?.Notice)
            {
                ErrorConsole.WriteWarning(progress.Notice);
            }

            _last = progress;
        }
    }

    public void Completed(JobSpec spec, ResultManifest manifest)
    {
        lock (_gate)
        {
            EndPhase();
        }

        foreach ((string name, string value) in JobSummary.Rows(spec, manifest))
        {
            _output.WriteLine($"{name,-16} {value}");
        }
    }

    public void Failed(string reason) => ErrorConsole.WriteError(reason);

    public void Cancelled(string? resume) => ErrorConsole.WriteError(JobSummary.CancelledMessage(resume));

    public void Dispose() => _output.Flush();

    private void EndPhase()
    {
        if (_phase is not null && _last is not null)
        {
            _output.WriteLine(Units.Format($"{Name(_phase.Phase),-10} done in {_phase.Elapsed.TotalSeconds:0.0} s"));
        }
    }

    private string Describe(JobProgressed progress)
    {
        string tasks = Units.Format($"{Name(progress.Phase),-10} {progress.Detail}: {progress.DoneTasks} of {progress.TotalTasks} tasks");
        if (progress is { Workers: 0, ShardHosts: 0 })
        {
            return tasks + ", waiting for nodes to join";
        }

        return _phase!.BytesPerSecond(progress) is { } speed && _phase.Remaining(progress) is { } remaining
            ? $"{tasks}, {Units.Bytes(progress.DoneUnits)} of {Units.Bytes(progress.TotalUnits)}, {Units.Bytes(speed)}/s, {Units.Duration(remaining)} left"
            : tasks;
    }

    private static string Name(Phase phase) => phase.ToString().ToLowerInvariant();
}
