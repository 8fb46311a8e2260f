using System.Collections.Immutable;
using Bytemill.Pipeline;
using Bytemill.Web.Live;

namespace Bytemill.Web.Dashboard;

/// <summary>Where a job stands, for pages: its phases, its speed, and when it will be done.</summary>
/// <param name="Phases">Its phases in order.</param>
/// <param name="Forecast">How long it still takes.</param>
/// <param name="BytesPerSecond">Text a second, over the last seconds; null when it is in no phase that is told in bytes.</param>
public sealed record JobStanding(ImmutableArray<PhaseStanding> Phases, JobForecast Forecast, double? BytesPerSecond)
{
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(10);

    /// <summary>Looks at a job that is not over.</summary>
    /// <param name="job">The job.</param>
    /// <param name="view">The job in full, as far as it is known.</param>
    /// <param name="shape">Seconds that phases take compared with one another.</param>
    /// <param name="now">The time.</param>
    public static JobStanding Of(JobSummary job, JobView view, IReadOnlyDictionary<Phase, double> shape, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(view);
        ImmutableArray<StageTime> stages = view.Report?.Stages ?? [];
        Phase current = job.Progress?.Phase ?? Phase.Plan;
        var spent = new Dictionary<Phase, double>();
        foreach (StageTime stage in stages)
        {
            Phase phase = stage.Kind?.Phase() ?? Phase.Plan;
            spent[phase] = spent.GetValueOrDefault(phase) + (stage.ElapsedMs / 1e3);
        }

        spent[current] = spent.GetValueOrDefault(current) + OfOpenStage(view, current, now);
        bool checks = current == Phase.Check || spent.ContainsKey(Phase.Check);
        Phase[] phases = JobForecast.PhasesOf(job.Mode ?? JobMode.Run, checks);

        // The rounds of the vocabulary are stages of their own: how many there will be, nobody knows.
        double? share = job.Progress is { TotalUnits: > 0 } progress && current is not (Phase.Vocabulary or Phase.Plan)
            ? (double)progress.DoneUnits / progress.TotalUnits
            : null;
        JobForecast forecast = JobForecast.Of(phases, current, spent, share, shape);
        int at = Array.IndexOf(phases, current);
        return new JobStanding(
            [
                .. phases.Select((phase, i) => new PhaseStanding(
                    phase,
                    i < at ? PhaseState.Done : i > at ? PhaseState.Waiting : PhaseState.Now,
                    i < at ? 1 : i > at ? 0 : share ?? 0,
                    i <= at ? spent.GetValueOrDefault(phase) : null,
                    i >= at && forecast.Left is not null ? forecast.PhaseSeconds.GetValueOrDefault(phase) - (i == at ? spent.GetValueOrDefault(phase) : 0) : null)),
            ],
            forecast,
            SpeedOf(job, view, now));
    }

    /// <summary>The phases of a job that is over, as its manifest tells.</summary>
    public static ImmutableArray<PhaseStanding> Finished(IEnumerable<ManifestPhase> phases) =>
        [.. phases.Select(phase => new PhaseStanding(Enum.Parse<Phase>(phase.Name, ignoreCase: true), PhaseState.Done, 1, phase.Seconds, null))];

    // Stages that are done are in the report; of the open one only its history tells.
    private static double OfOpenStage(JobView view, Phase current, DateTimeOffset now)
    {
        if (view.Tasks?.Stages.LastOrDefault() is { IsOpen: true } open)
        {
            return open.ElapsedMs / 1e3;
        }

        int first = view.History.Length;
        while (first > 0 && view.History[first - 1].Phase == current)
        {
            first--;
        }

        return first < view.History.Length ? Math.Max(0, (now - view.History[first].At).TotalSeconds) : 0;
    }

    private static double? SpeedOf(JobSummary job, JobView view, DateTimeOffset now)
    {
        if (job is not { Status: JobStatus.Running, Progress.UnitsAreBytes: true })
        {
            return null;
        }

        ProgressPoint[] recent = [.. view.History.Where(point => point.Phase == job.Progress.Phase && point.At > now - s_recent)];
        // The points of a long job are farther apart.
        return recent.Length > 0 ? recent.Average(point => point.BytesPerSecond)
            : view.History.LastOrDefault() is { } last && last.Phase == job.Progress.Phase ? last.BytesPerSecond
            : null;
    }
}
