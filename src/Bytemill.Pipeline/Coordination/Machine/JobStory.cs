namespace Bytemill.Pipeline;

/// <summary>What the journal says happened to a job, for those who watch: the last so many events. Bounded, since snapshots hold it.</summary>
internal sealed class JobStory
{
    private const int Most = 100;

    private readonly List<JobEvent> _events = [];

    /// <summary>Numbered from 1, also where earlier ones are forgotten.</summary>
    public IReadOnlyList<JobEvent> Events => _events;

    public void Restore(IEnumerable<JobEvent> events) => _events.AddRange(events);

    public void Tell(long at, EventSeverity severity, string text, int stage = 0)
    {
        _events.Add(new JobEvent(_events.Count == 0 ? 1 : _events[^1].Sequence + 1, at, severity, text, stage));
        if (_events.Count > Most)
        {
            _events.RemoveAt(0);
        }
    }
}
