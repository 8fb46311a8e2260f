using Bytemill.Pipeline;
using Bytemill.Training;
using Google.Protobuf;
using JournalWire = Bytemill.Pipeline.JournalWire;

namespace Bytemill.Tests;

/// <summary>
/// A whole cluster around the real decision logic, without threads, files or time: what happens next is read from a list of
/// numbers. While there are numbers, messages are lost, repeated and overtaken, jobs are paused, workers and coordinators die;
/// after that everything works, and all jobs must come to their end.
/// </summary>
internal sealed class SimulatedCluster
{
    private const int MaxFairRounds = 3000;

    private static readonly TaskMetrics s_some = new() { Units = 1, Entries = 1000 };
    private static readonly TaskMetrics s_all = s_some with { Rows = 3, TextBytes = 10, NormalizedBytes = 10, WeightedBytes = 10, CoveredBytes = 10 };

    private readonly ushort[] _schedule;
    private readonly List<Envelope> _network = [];
    private readonly HashSet<Party> _dead = [];
    private readonly SimulatedRunner?[] _workers = new SimulatedRunner?[3];
    private readonly SimulatedHost?[] _hosts = new SimulatedHost?[2];
    private readonly Party _client = new("client");
    private readonly SimulatedJob[] _jobs;
    private readonly int _maxRunning;
    private SimulatedCoordinator _coordinator;
    private SimulatedCoordinator? _replaced;
    private int _position;

    /// <param name="mode">Of all jobs.</param>
    /// <param name="size">Of all jobs.</param>
    /// <param name="jobs">How many jobs are submitted.</param>
    /// <param name="maxRunning">How many of them may run at the same time.</param>
    /// <param name="schedule">What happens.</param>
    public SimulatedCluster(JobMode mode, JobSize size, int jobs, int maxRunning, ushort[] schedule)
    {
        _schedule = schedule;
        _maxRunning = maxRunning;
        Size = size;
        _jobs = [.. Enumerable.Range(0, jobs).Select(i => new SimulatedJob($"job-{i}", new JobSpec
        {
            Mode = mode,
            Inputs = ["in"],
            OutputDirectory = $"out-{i}",
            Training = new TrainerOptions { MaxVocabSizes = [300] },
        }))];
        for (int i = 0; i < _workers.Length; i++)
        {
            ReplaceWorker(i);
        }

        for (int i = 0; i < _hosts.Length; i++)
        {
            ReplaceHost(i);
        }

        _coordinator = new SimulatedCoordinator(this, _maxRunning);
    }

    private sealed record Envelope(Party? To, object Message, bool IsReliable = false);

    public JobSize Size { get; }

    /// <summary>Rows of the corpus.</summary>
    public long Rows => Size.TokenizedFiles == 0 ? 0 : s_all.Rows;

    public SimulatedJournal Journal { get; } = new();

    /// <summary>How often a coordinator took over.</summary>
    public int Takeovers { get; private set; }

    /// <summary>How often a job was paused.</summary>
    public int Pauses => Journal.Events.Count(e => e is CoordinatorEvent.JobPaused);

    /// <summary>How often a job had to go back since files were gone.</summary>
    public int StepsBack => Journal.Events.Count(e => e is CoordinatorEvent.StageReopened);

    private bool IsChaos => _position < _schedule.Length;

    /// <summary>What a task reports: the first of a stage all the text, so that the sums agree however many tasks there are.</summary>
    public static TaskMetrics MetricsOf(TaskIdentity task) => task.Index == 0 ? s_all : s_some;

    public SimulatedDisk DiskOf(string jobId) => JobOf(jobId).Disk;

    /// <summary>Runs the whole schedule, and then to the end of all jobs.</summary>
    public void Run()
    {
        while (IsChaos)
        {
            Disturb(Next(104));
        }

        _replaced = null;
        for (int round = 0; _jobs.Any(job => job.End is null) || !_coordinator.IsQuiet; round++)
        {
            Assert.True(round < MaxFairRounds, "the jobs do not come to their end");
            RunFairly();
        }

        foreach (SimulatedJob job in _jobs)
        {
            Assert.IsType<JobProtocol.JobCompleted>(job.End);
            Assert.True(Journal.HasEnded(job.Id));
            Assert.NotNull(job.Disk.Published);
            Assert.Equal(0, job.Disk.Count);
        }

        Assert.Empty(_coordinator.Machine.State.Jobs);
    }

    /// <summary>Whether something that may go wrong does; never once the schedule is over.</summary>
    public bool Happens(int oneIn) => IsChaos && Next(oneIn) == 0;

    /// <summary>Every other coordinator finds a snapshot, which stands for the first so many events.</summary>
    public int RestoreSnapshot(CoordinatorMachine machine)
    {
        if (Takeovers % 2 == 0)
        {
            return 0;
        }

        int events = Journal.Events.Count - (Takeovers % 5);
        if (events < 0)
        {
            return 0;
        }

        CoordinatorSnapshot snapshot = StateOf(Journal.Events.Take(events)).ToSnapshot();
        machine.Restore(WireJournal.FromWire(JournalWire.Snapshot.Parser.ParseFrom(WireJournal.ToWire(snapshot).ToByteArray())));
        return events;
    }

    public void Send(Party to, IWireMessage message)
    {
        switch (message)
        {
            case JobProtocol.JobAccepted m:
                Assert.True(Journal.HasAccepted(m.JobId), "a job is accepted before its event is written");
                break;
            case TaskProtocol.TaskAcknowledged { IsAccepted: true } m:
                Assert.True(Journal.HasCommittedAttempt(m.Task), "an attempt is acknowledged before its event is written, or was superseded");
                break;
            case JobProtocol.JobCompleted m:
                Assert.True(Journal.HasEnded(m.JobId), "an end is told before its event is written");
                break;
            default:
                break;
        }

        _network.Add(new Envelope(to, message));
    }

    public void Tell(CoordinatorInput input) => _network.Add(new Envelope(null, input));

    public void Watch(Party who)
    {
        if (_dead.Contains(who))
        {
            _network.Add(new Envelope(null, new CoordinatorInput.PartyLost(who), IsReliable: true));
        }
    }

    /// <summary>A runner deletes an attempt that it was told not to be the one.</summary>
    public void Discard(string jobId, string attempt)
    {
        // Of a job that has ended, and of a stage that nobody reads any more, nothing is needed.
        bool isNeeded = Journal.HasCommitted(jobId, attempt) && StateOf(Journal.Events).Find(jobId) is { End: null } job
            && job.CommittedDirectories().Contains(attempt);
        Assert.False(isNeeded, $"{attempt} of {jobId} is committed and was turned away");
        DiskOf(jobId).Delete(attempt);
    }

    /// <summary>A manifest must name what the journal has committed, neither more nor less.</summary>
    public void CheckManifest(string jobId, StageSpec stage, StageManifest manifest)
    {
        Assert.Equal(stage.TaskCount, manifest.AttemptDirectories.Length);
        for (int i = 0; i < stage.TaskCount; i++)
        {
            // One that has been replaced may write of a stage that goes on under another number: nobody reads it under this one.
            Assert.True(
                Journal.IsSuperseded(jobId, stage.Number) || Journal.CommittedAt(jobId, stage.Number, i) == manifest.AttemptDirectories[i],
                $"the manifest of stage {stage.Number} names {manifest.AttemptDirectories[i]} for task {i}, the journal {Journal.CommittedAt(jobId, stage.Number, i)}");
        }
    }

    /// <summary>An attempt cannot read its inputs: fine for one that is late and where files were lost, never else for one that the job waits for.</summary>
    public void CheckMayMiss(TaskIdentity task, StageInputs inputs)
    {
        bool isWaitedFor = StateOf(Journal.Events).Find(task.Job.JobId) is { End: null, Stage: { } stage } job
            && task.Job.Epoch == _coordinator.Machine.State.Epoch && task.Stage == stage.Number && job.Board!.IsOpen(task.Index);
        Assert.False(isWaitedFor && !DiskOf(task.Job.JobId).HasLostAnyOf(inputs), $"inputs of task {task.Index} of stage {task.Stage} are gone");
    }

    /// <summary>Results go to the output; whoever does it, they are the same.</summary>
    public void Publish(string jobId, IReadOnlyList<string> attempts)
    {
        SimulatedDisk disk = DiskOf(jobId);
        // Which attempt made a file does not show in it; which tasks there are does.
        string results = string.Join(' ', attempts.Select(attempt => Path.GetFileName(attempt).Split('-')[0]));
        Assert.True(disk.Published is null || disk.Published == results, "two publications differ");
        disk.Published = results;
    }

    private static CoordinatorState StateOf(IEnumerable<CoordinatorEvent> events)
    {
        var state = new CoordinatorState();
        foreach (CoordinatorEvent e in events)
        {
            state.Apply(e);
        }

        return state;
    }

    private SimulatedJob JobOf(string jobId) => _jobs.Single(job => job.Id == jobId);

    private SimulatedJob AnyJob() => _jobs[Next(_jobs.Length)];

    private int Next(int below) => IsChaos ? _schedule[_position++] % below : 0;

    private void Disturb(int what)
    {
        switch (what)
        {
            case < 34:
                DeliverAny();
                break;
            case < 56:
                StepAny();
                break;
            case < 68:
                _coordinator.Write();
                ReviveIfDead();
                break;
            case < 82:
                _coordinator.Confirm();
                break;
            case < 88 when _coordinator.HasErrands:
                _coordinator.EndErrand(Next(8));
                break;
            case < 90:
                StepClient(AnyJob());
                break;
            case < 92:
                _coordinator.Handle(new CoordinatorInput.Ticked());
                break;
            case < 94:
                TakeOver(leaveAlive: false);
                break;
            case < 95:
                TakeOver(leaveAlive: true);
                break;
            case < 96:
                ReplaceWorker(Next(_workers.Length));
                break;
            case < 97:
                ReplaceHost(Next(_hosts.Length));
                break;
            case < 98:
                AnyJob().Disk.LoseAny(Next);
                break;
            case < 100:
                StepReplaced();
                break;
            case < 102:
                Tell(new CoordinatorInput.PauseRequested(_client, AnyJob().Id));
                break;
            case < 103:
                Tell(new CoordinatorInput.ResumeRequested(_client, AnyJob().Id));
                break;
            default:
                Tell(new CoordinatorInput.PriorityRequested(_client, AnyJob().Id, Next(3)));
                break;
        }
    }

    // Sometimes it stays in the network and comes again later, sometimes it never comes.
    private void DeliverAny()
    {
        if (_network.Count == 0)
        {
            return;
        }

        int index = Next(_network.Count);
        Envelope envelope = _network[index];
        bool isRepeated = !envelope.IsReliable && Happens(8);
        if (!isRepeated)
        {
            _network[index] = _network[^1];
            _network.RemoveAt(_network.Count - 1);
        }

        if (envelope.IsReliable || !Happens(10))
        {
            Deliver(envelope);
        }
    }

    private void Deliver(Envelope envelope)
    {
        if (envelope.To is not { } to)
        {
            _coordinator.Handle((CoordinatorInput)envelope.Message);
            return;
        }

        var message = (IWireMessage)envelope.Message;
        if (_dead.Contains(to))
        {
            return;
        }

        switch (to.Key)
        {
            case SimulatedRunner.Key { Runner: { } runner }:
                runner.Receive(message);
                break;
            case SimulatedHost host:
                host.Receive(message);
                break;
            default:
                Hear(message);
                break;
        }
    }

    private void Hear(IWireMessage message)
    {
        switch (message)
        {
            case JobProtocol.JobAccepted m:
                JobOf(m.JobId).IsAccepted = true;
                break;
            case JobProtocol.JobCompleted m:
                JobOf(m.JobId).End = m;
                break;
            default:
                Assert.True(message is JobProtocol.JobProgressed or JobProtocol.JobReported, message.ToString());
                break;
        }
    }

    private void StepClient(SimulatedJob job) => Tell(
        job.IsAccepted ? new CoordinatorInput.JobWatched(_client, job.Id) : new CoordinatorInput.JobSubmitted(_client, job.Id, job.Spec, OutputExists: false));

    private void StepAny()
    {
        switch (Next(6))
        {
            case < 3 and var worker:
                _workers[worker]!.Step();
                break;
            case < 5 and var host:
                _hosts[host - 3]!.Step(Next(64));
                break;
            default:
                _coordinator.Local.Step(Next(_jobs.Length));
                break;
        }
    }

    // One that was paused goes on as if nothing had happened: messages that were on the way to it, writes, what it had begun.
    private void StepReplaced()
    {
        if (_replaced is not { } replaced)
        {
            return;
        }

        switch (Next(5))
        {
            case 0:
                replaced.Write();
                break;
            case 1 or 2:
                replaced.Confirm();
                break;
            case 3 when replaced.HasErrands:
                replaced.EndErrand(Next(8));
                break;
            default:
                // A watcher would be told that it knows nothing of a job; the real ones ask the coordinator that the cluster names.
                Envelope[] messages = [.. _network.Where(envelope => envelope.To is null && envelope.Message is not CoordinatorInput.JobWatched)];
                if (messages.Length > 0)
                {
                    replaced.Handle((CoordinatorInput)messages[Next(messages.Length)].Message);
                }

                break;
        }

        if (replaced.IsDead)
        {
            _replaced = null;
        }
    }

    private void TakeOver(bool leaveAlive)
    {
        Takeovers++;
        _replaced = leaveAlive ? _coordinator : _replaced;
        if (!leaveAlive)
        {
            _dead.Add(_coordinator.Local.Party);
        }

        if (Next(3) > 0)
        {
            AnyJob().Disk.LoseAny(Next);
        }

        _coordinator = new SimulatedCoordinator(this, _maxRunning);
    }

    private void ReviveIfDead()
    {
        if (_coordinator.IsDead)
        {
            TakeOver(leaveAlive: false);
        }
    }

    private void ReplaceWorker(int index)
    {
        if (_workers[index] is { } gone)
        {
            _dead.Add(gone.Party);
            _network.Add(new Envelope(null, new CoordinatorInput.PartyLost(gone.Party), IsReliable: true));
        }

        _workers[index] = new SimulatedRunner(this, "worker", $"w{index}");
    }

    private void ReplaceHost(int index)
    {
        if (_hosts[index] is { } gone)
        {
            _dead.Add(gone.Party);
            _network.Add(new Envelope(null, new CoordinatorInput.PartyLost(gone.Party), IsReliable: true));
        }

        _hosts[index] = new SimulatedHost(this, $"h{index}");
    }

    private void RunFairly()
    {
        foreach (SimulatedJob job in _jobs)
        {
            StepClient(job);
            if (job.IsAccepted)
            {
                Tell(new CoordinatorInput.ResumeRequested(_client, job.Id));
            }
        }

        _coordinator.Handle(new CoordinatorInput.Ticked());
        while (!_coordinator.IsQuiet)
        {
            _coordinator.Write();
            ReviveIfDead();
            _coordinator.Confirm();
            if (_coordinator.HasErrands)
            {
                _coordinator.EndErrand(0);
            }
        }

        Envelope[] messages = [.. _network];
        _network.Clear();
        foreach (Envelope envelope in messages)
        {
            Deliver(envelope);
        }

        foreach (SimulatedRunner? worker in _workers)
        {
            worker!.Step();
        }

        foreach (SimulatedHost? host in _hosts)
        {
            host!.StepAll();
        }

        _coordinator.Local.StepAll();
    }
}
