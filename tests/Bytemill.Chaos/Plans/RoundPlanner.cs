using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>Draws plans of rounds. The same seed, faults and job give the same plans.</summary>
public sealed class RoundPlanner
{
    private static readonly ImmutableArray<string> s_workerStages = ["CountNGrams", "SegmentPieces", "TokenizeFiles"];
    private static readonly ImmutableArray<string> s_coordinatorStages = ["BuildModel", "FindCut", "EmitVocabulary", "PublishResults"];

    private readonly int _seed;
    private readonly ImmutableArray<FaultKind> _faults;
    private readonly JobProfile _profile;
    private readonly TimeSpan _lostAfter;
    private readonly ImmutableArray<string> _events;

    /// <param name="seed">Any number.</param>
    /// <param name="faults">Faults to choose from; each comes once before any comes again.</param>
    /// <param name="profile">The job.</param>
    /// <param name="lostAfter">Time after which the cluster has given up a node that does not answer.</param>
    /// <param name="events">Events to choose the moment from; empty for all.</param>
    public RoundPlanner(int seed, ImmutableArray<FaultKind> faults, JobProfile profile, TimeSpan lostAfter, ImmutableArray<string> events)
    {
        _seed = seed;
        _faults = faults.IsEmpty ? throw new ArgumentException("At least one fault is needed.", nameof(faults)) : faults;
        _profile = profile;
        _lostAfter = lostAfter;
        _events = events;
        foreach (FaultKind fault in faults.Where(fault => EventsOf(fault).Length == 0))
        {
            throw new ChaosException($"'{fault.Name()}' cannot strike at {string.Join(", ", events)}; it can at {string.Join(", ", AllEventsOf(fault))}.");
        }
    }

    /// <param name="round">Number of the round, from 1.</param>
    public RoundPlan Plan(int round)
    {
        (int block, int place) = Math.DivRem(round - 1, _faults.Length);
        FaultKind[] order = [.. _faults];
        RandomFor(block, salt: 1).Shuffle(order);
        Random random = RandomFor(round, salt: 2);
        FaultKind fault = order[place];
        return new RoundPlan(
            round,
            fault,
            DrawMoment(fault, random),
            [.. Enumerable.Range(0, 4).Select(_ => random.Next(1 << 20))],
            DrawLength(fault, random),
            DrawBack(random));
    }

    private Random RandomFor(int number, int salt) => new(unchecked((((_seed * 1_000_003) + number) * 31) + salt));

    private Moment DrawMoment(FaultKind fault, Random random)
    {
        string[] events = EventsOf(fault);
        string chosen = events[random.Next(events.Length)];
        int tasks = _profile.Stages.FirstOrDefault(stage => stage.Kind == chosen).Tasks;
        // A stage of several tasks is struck while it has some left.
        int count = tasks > 1 ? 1 + random.Next(tasks - 1) : 1;
        return new Moment(chosen, count, TimeSpan.FromMilliseconds(random.Next(4) * 50));
    }

    private string[] EventsOf(FaultKind fault) => [.. AllEventsOf(fault).Where(name => _events.IsEmpty || _events.Contains(name))];

    private IEnumerable<string> AllEventsOf(FaultKind fault) =>
        _profile.Stages.Select(stage => stage.Kind).Where(stage => IsIn(fault, stage))
            .Concat(HasMoreMoments(fault) ? [Moment.Accepted, Moment.Planned] : []);

    private static bool IsIn(FaultKind fault, string stage) => fault switch
    {
        FaultKind.KillWorker => s_workerStages.Contains(stage),
        FaultKind.KillShardOwner => !s_workerStages.Contains(stage) && !s_coordinatorStages.Contains(stage),
        // Later there is no work file that anybody reads.
        FaultKind.DamageFile or FaultKind.DeleteFile or FaultKind.FullDisk => stage is not "PublishResults",
        _ => true,
    };

    private static bool HasMoreMoments(FaultKind fault) =>
        fault is not (FaultKind.KillWorker or FaultKind.KillShardOwner or FaultKind.DamageFile or FaultKind.DeleteFile);

    private TimeSpan DrawLength(FaultKind fault, Random random) => fault switch
    {
        // A pause that the cluster bridges, one that it does not, and one of a minute.
        FaultKind.StopWorker or FaultKind.StopCoordinator => random.Next(6) switch
        {
            0 => TimeSpan.FromSeconds(1.5),
            5 => TimeSpan.FromSeconds(60),
            _ => _lostAfter + TimeSpan.FromSeconds(3 + random.Next(4)),
        },
        // Every third time so long that those who were put out have started again and look for the others in vain.
        FaultKind.CutOneOff or FaultKind.CutCoordinatorOff or FaultKind.SplitInHalves =>
            _lostAfter + TimeSpan.FromSeconds(random.Next(3) == 0 ? 20 : 3 + random.Next(4)),
        FaultKind.SlowNode => TimeSpan.FromSeconds(6 + random.Next(6)),
        FaultKind.FullDisk => TimeSpan.FromSeconds(2 + random.Next(4)),
        _ => TimeSpan.Zero,
    };

    // At once, as a service manager does; after the cluster has noticed; after it has put the node out.
    private TimeSpan DrawBack(Random random) => random.Next(3) switch
    {
        0 => TimeSpan.Zero,
        1 => TimeSpan.FromSeconds(3),
        _ => _lostAfter + TimeSpan.FromSeconds(1),
    };
}
