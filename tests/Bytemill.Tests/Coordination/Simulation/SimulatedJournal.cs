using System.Collections.Immutable;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>
/// The journal of a simulated cluster. Takes a write only from the coordinator that has seen all writes before it, as the
/// unique key of a real one does, and checks that what is written makes sense.
/// </summary>
internal sealed class SimulatedJournal
{
    private readonly List<CoordinatorEvent> _events = [];
    private readonly CoordinatorState _state = new();
    private readonly Dictionary<string, Record> _jobs = new(StringComparer.Ordinal);
    private long _epoch;

    public IReadOnlyList<CoordinatorEvent> Events => _events;

    public bool HasAccepted(string jobId) => _jobs.ContainsKey(jobId);

    public bool HasEnded(string jobId) => _jobs[jobId].HasEnded;

    /// <summary>The attempt that counts, of the open stage or one before it, and is not taken back.</summary>
    public string? CommittedAt(string jobId, int stage, int index) => _jobs[jobId].Committed.GetValueOrDefault((stage, index));

    /// <summary>Whether the stage goes on, or is done again, under another number.</summary>
    public bool IsSuperseded(string jobId, int stage) => _jobs[jobId].Superseded.Contains(stage);

    /// <summary>Whether an attempt has ever been committed under this name.</summary>
    public bool HasCommitted(string jobId, string directory) => _jobs[jobId].Directories.Contains(directory);

    /// <summary>Whether a task's attempt of this number and epoch has ever been committed.</summary>
    public bool HasCommittedAttempt(TaskIdentity task) =>
        _jobs[task.Job.JobId].Attempts.Contains(SimulatedAttempt.AttemptOf(SimulatedAttempt.NameOf(task, 0)));

    /// <summary>Writes events together; <c>false</c> when others were written first.</summary>
    public bool TryWrite(int afterEvents, IReadOnlyList<CoordinatorEvent> events)
    {
        if (_events.Count != afterEvents)
        {
            return false;
        }

        foreach (CoordinatorEvent e in events)
        {
            _state.Apply(e);
            Check(e);
            _events.Add(e);
        }

        return true;
    }

    private void Check(CoordinatorEvent happened)
    {
        switch (happened)
        {
            case CoordinatorEvent.CoordinatorStarted e:
                Assert.True(e.Epoch == _epoch + 1, "epochs grow by one");
                _epoch = e.Epoch;
                break;
            case CoordinatorEvent.JobAccepted e:
                Assert.True(_jobs.TryAdd(e.JobId, new Record()), "a job is accepted once");
                break;
            case CoordinatorEvent.AttemptCommitted e:
                Record job = _jobs[e.JobId];
                Assert.True(job.Committed.TryAdd((e.Stage, e.Index), e.Attempt.Directory), $"task {e.Index} of stage {e.Stage} is committed twice");
                Assert.True(SimulatedAttempt.EpochOf(e.Attempt.Directory) == _epoch, $"{e.Attempt.Directory} is committed in epoch {_epoch}");
                Assert.True(job.Directories.Add(e.Attempt.Directory), "an attempt is committed once");
                job.Attempts.Add(SimulatedAttempt.AttemptOf(e.Attempt.Directory));
                job.LastStage = Math.Max(job.LastStage, e.Stage);
                break;
            case CoordinatorEvent.StageClosed e:
                _jobs[e.JobId].LastStage = e.Stage + 1;
                break;
            case CoordinatorEvent.AttemptInvalidated e:
                Assert.True(_jobs[e.JobId].Committed.Remove((e.Stage, e.Index)), "what is taken back was committed");
                break;
            case CoordinatorEvent.StageReopened e:
                // What is still there of the stage; its files may have gone when nobody read them any more.
                _jobs[e.JobId].Reopen(e, _state.Find(e.JobId)!.Board!.Committed);
                break;
            case CoordinatorEvent.JobEnding e:
                Assert.True(e.End.Kind == JobEndKind.Completed, $"the job ends with {e.End}");
                _jobs[e.JobId].HasEnded = true;
                break;
            default:
                break;
        }
    }

    private sealed class Record
    {
        public Dictionary<(int Stage, int Index), string> Committed { get; } = [];

        public HashSet<string> Directories { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Attempts { get; } = new(StringComparer.Ordinal);

        public HashSet<int> Superseded { get; } = [];

        public int LastStage { get; set; } = 1;

        public bool HasEnded { get; set; }

        public void Reopen(CoordinatorEvent.StageReopened e, ImmutableArray<CommittedAttempt?> kept)
        {
            for (int i = 0; i < kept.Length; i++)
            {
                if (kept[i] is { } attempt)
                {
                    Assert.True(Committed[(e.Stage, i)] == attempt.Directory, $"{attempt.Directory} goes on as task {i} of stage {e.Number} and did not count");
                    Committed[(e.Number, i)] = attempt.Directory;
                }
            }

            Superseded.UnionWith(Enumerable.Range(e.Stage, LastStage - e.Stage + 1));
            LastStage = e.Number;
        }
    }
}
