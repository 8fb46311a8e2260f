using System.Diagnostics.CodeAnalysis;

namespace Bytemill.Pipeline;

/// <summary>
/// Holds effects back until their events, and the events of all decisions before them, are written. Decisions may so be taken
/// while the journal still writes earlier ones: nothing of them is seen outside before its turn.
/// </summary>
internal sealed class DecisionQueue
{
    private readonly Queue<Decision> _decisions = new();
    private readonly Queue<CoordinatorEffect> _effects = new();

    // Written events that belong to the first decision of the queue.
    private int _written;

    /// <summary>Whether no event is waited for and no effect is left to do.</summary>
    public bool IsEmpty => _decisions.Count == 0 && _effects.Count == 0;

    public void Add(Decision decision)
    {
        _decisions.Enqueue(decision);
        Release();
    }

    /// <summary>The journal has written the next event.</summary>
    public void Written()
    {
        _written++;
        Release();
    }

    /// <summary>The next effect that may be carried out.</summary>
    public bool TryTake([NotNullWhen(true)] out CoordinatorEffect? effect) => _effects.TryDequeue(out effect);

    private void Release()
    {
        while (_decisions.TryPeek(out Decision? first) && _written >= first.Events.Length)
        {
            _decisions.Dequeue();
            _written -= first.Events.Length;
            foreach (CoordinatorEffect effect in first.Effects)
            {
                _effects.Enqueue(effect);
            }
        }
    }
}
