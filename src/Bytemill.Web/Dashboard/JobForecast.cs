using System.Collections.Frozen;
using Bytemill.Pipeline;

namespace Bytemill.Web.Dashboard;

/// <summary>How long a job still takes, from what its phases took so far and how long such phases take compared with one another.</summary>
/// <param name="Left">Time left; null when too little is known.</param>
/// <param name="DoneShare">Share of its time that is over, 0 to 1; 0 when too little is known.</param>
/// <param name="PhaseSeconds">What each phase of the job took or is expected to take; without those of which nothing can be said.</param>
public sealed record JobForecast(TimeSpan? Left, double DoneShare, FrozenDictionary<Phase, double> PhaseSeconds)
{
    // Below this, the share that is done says little of the speed.
    private const double SmallestShare = 0.02;

    /// <summary>
    /// Seconds that the phases take compared with one another, where no finished job tells: of mixed text on one machine (docs/performance.md).
    /// </summary>
    public static FrozenDictionary<Phase, double> TypicalShape { get; } = new Dictionary<Phase, double>
    {
        [Phase.Plan] = 0.2,
        [Phase.Check] = 0.8,
        [Phase.Count] = 2.0,
        [Phase.Merge] = 0.6,
        [Phase.Model] = 0.7,
        [Phase.Segment] = 4.3,
        [Phase.Vocabulary] = 2.0,
        [Phase.Tokenize] = 1.8,
        [Phase.Finish] = 0.1,
    }.ToFrozenDictionary();

    /// <summary>The phases that a job goes through, in order.</summary>
    /// <param name="mode">What it does.</param>
    /// <param name="checks">Whether it looks for input to leave out first.</param>
    public static Phase[] PhasesOf(JobMode mode, bool checks)
    {
        Phase[] train = [Phase.Count, Phase.Merge, Phase.Model, Phase.Segment, Phase.Vocabulary];
        return
        [
            Phase.Plan,
            .. checks ? (Phase[])[Phase.Check] : [],
            .. mode == JobMode.Tokenize ? [] : train,
            .. mode == JobMode.Train ? (Phase[])[] : [Phase.Tokenize],
            Phase.Finish,
        ];
    }

    /// <summary>Foretells.</summary>
    /// <param name="phases">The job's phases, in order.</param>
    /// <param name="current">The one it is in.</param>
    /// <param name="spent">Seconds spent in each so far, also in <paramref name="current"/>.</param>
    /// <param name="currentShare">How much of the current phase is done, 0 to 1; null when nobody knows.</param>
    /// <param name="shape">Seconds that phases take compared with one another.</param>
    public static JobForecast Of(
        IReadOnlyList<Phase> phases, Phase current, IReadOnlyDictionary<Phase, double> spent, double? currentShare, IReadOnlyDictionary<Phase, double> shape)
    {
        ArgumentNullException.ThrowIfNull(phases);
        ArgumentNullException.ThrowIfNull(spent);
        ArgumentNullException.ThrowIfNull(shape);
        int at = phases.ToList().IndexOf(current);
        double inCurrent = spent.GetValueOrDefault(current);
        bool tells = currentShare is >= SmallestShare;
        double known = tells ? inCurrent / currentShare!.Value : 0;

        // How much longer this job takes than the shape says. Planning takes as long for any corpus and says nothing.
        Phase[] told = [.. phases.Take(Math.Max(0, at)).Where(phase => phase != Phase.Plan), .. tells ? (Phase[])[current] : []];
        double shaped = told.Sum(phase => shape.GetValueOrDefault(phase));
        double actual = told.Sum(phase => phase == current ? known : spent.GetValueOrDefault(phase));
        if (at < 0 || shaped <= 0 || actual <= 0)
        {
            return new JobForecast(null, 0, spent.ToFrozenDictionary());
        }

        double factor = actual / shaped;
        var seconds = new Dictionary<Phase, double>();
        for (int i = 0; i < phases.Count; i++)
        {
            seconds[phases[i]] = i < at ? spent.GetValueOrDefault(phases[i])
                : i > at ? factor * shape.GetValueOrDefault(phases[i])
                : tells ? known
                : Math.Max(inCurrent, factor * shape.GetValueOrDefault(current));
        }

        double all = seconds.Values.Sum();
        double over = phases.Take(at).Sum(phase => seconds[phase]) + inCurrent;
        return new JobForecast(TimeSpan.FromSeconds(Math.Max(0, all - over)), Math.Clamp(over / all, 0, 1), seconds.ToFrozenDictionary());
    }
}
