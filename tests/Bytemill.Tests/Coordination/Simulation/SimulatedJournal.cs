using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>
/// The journal of a simulated cluster. Takes a write only from the coordinator that has seen all writes before it, as the
/// unique key of a real one does, and checks that what is written makes sense.
/// </summary>
internal sealed class SimulatedJournal
{
    private readonly List<CoordinatorEvent> _events = [];
    private readonly Dictionary<(int Stage, int Index), string> _committed = [];
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _attempts = new(StringComparer.Ordinal);
    private long _epoch;
    private int _accepted;

    public IReadOnlyList<CoordinatorEvent> Events => _events;

    public bool HasAcceptedJob => _accepted > 0;

    public bool HasEnded { get; private set; }

    /// <summary>Attempts of the open stage and those before it that are not taken back.</summary>
    public IReadOnlyDictionary<(int Stage, int Index), string> Committed => _committed;

    /// <summary>Whether an attempt has ever been committed under this name.</summary>
    public bool HasCommitted(string directory) => _directories.Contains(directory);

    /// <summary>Whether a task's attempt of this number and epoch has ever been committed.</summary>
    public bool HasCommittedAttempt(TaskIdentity task) => _attempts.Contains(SimulatedAttempt.AttemptOf(SimulatedAttempt.NameOf(task, 0)));

    /// <summary>Writes events together; <c>false</c> when others were written first.</summary>
    public bool TryWrite(int afterEvents, IReadOnlyList<CoordinatorEvent> events)
    {
        if (_events.Count != afterEvents)
        {
            return false;
        }

        foreach (CoordinatorEvent e in events)
        {
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
            case CoordinatorEvent.JobAccepted:
                Assert.True(++_accepted == 1, "a job is accepted once");
                break;
            case CoordinatorEvent.AttemptCommitted e:
                Assert.True(_committed.TryAdd((e.Stage, e.Index), e.Attempt.Directory), $"task {e.Index} of stage {e.Stage} is committed twice");
                Assert.True(SimulatedAttempt.EpochOf(e.Attempt.Directory) == _epoch, $"{e.Attempt.Directory} is committed in epoch {_epoch}");
                Assert.True(_directories.Add(e.Attempt.Directory), "an attempt is committed once");
                _attempts.Add(SimulatedAttempt.AttemptOf(e.Attempt.Directory));
                break;
            case CoordinatorEvent.AttemptInvalidated e:
                Assert.True(_committed.Remove((e.Stage, e.Index)), "what is taken back was committed");
                break;
            case CoordinatorEvent.StageReopened e:
                foreach (((int stage, int index), string directory) in _committed.ToArray())
                {
                    if (stage == e.Stage)
                    {
                        _committed[(e.Number, index)] = directory;
                    }
                }

                break;
            case CoordinatorEvent.JobEnding e:
                Assert.True(e.End.Kind == JobEndKind.Completed, $"the job ends with {e.End}");
                HasEnded = true;
                break;
            default:
                break;
        }
    }
}
