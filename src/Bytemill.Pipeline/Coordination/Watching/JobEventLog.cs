using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Events of one job, numbered; the oldest of many are forgotten.</summary>
internal sealed class JobEventLog
{
    internal const int Most = 1000;

    private const int LongestText = 500;

    private readonly Queue<JobEvent> _events = new();

    /// <summary>Number of the last event; 0 before the first.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Adds an event, whatever number it comes with.</summary>
    public void Add(JobEvent happened)
    {
        string text = happened.Text.Length > LongestText ? happened.Text[..LongestText] + "…" : happened.Text;
        _events.Enqueue(happened with { Sequence = ++LastSequence, Text = text });
        if (_events.Count > Most)
        {
            _events.Dequeue();
        }
    }

    /// <summary>The first events after one, as many as fit in a message.</summary>
    public ImmutableArray<JobEvent> After(long sequence)
    {
        var page = new MessagePage<JobEvent>(MessagePage.MostBytes);
        foreach (JobEvent happened in _events)
        {
            if (happened.Sequence > sequence && !page.TryAdd(happened, WireWatching.ToWire(happened).CalculateSize()))
            {
                break;
            }
        }

        return page.Items;
    }
}
