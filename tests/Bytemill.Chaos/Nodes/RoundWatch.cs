using System.Globalization;
using System.Text.RegularExpressions;

namespace Bytemill.Chaos;

/// <summary>Follows one job in the logs of all nodes: tells when a moment is there, and counts what was done in vain.</summary>
internal sealed partial class RoundWatch : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Moment _moment;
    private readonly IDisposable _listening;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<(int Stage, int Index)> _finished = [];
    private readonly HashSet<(int Stage, int Index)> _awaited = [];
    private int _redone;
    private int _inFlight;

    public RoundWatch(ChaosCluster cluster, Moment moment)
    {
        _moment = moment;
        _listening = cluster.Listen(OnLine);
    }

    /// <summary>Completes when the moment is there, its delay not counted.</summary>
    public Task Reached => _reached.Task;

    /// <summary>How often a task was finished that another attempt had finished already.</summary>
    public int Redone
    {
        get
        {
            lock (_lock)
            {
                return _redone;
            }
        }
    }

    /// <summary>Tasks that the coordinator says lost nodes had in hand.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _inFlight;
            }
        }
    }

    public void Dispose() => _listening.Dispose();

    private void OnLine(NodeLine line)
    {
        lock (_lock)
        {
            if (FinishedTask.Parse(line.Text) is { } task)
            {
                _redone += _finished.Add((task.Stage, task.Index)) ? 0 : 1;
                if (task.Kind == _moment.Event && _awaited.Add((task.Stage, task.Index)) && _awaited.Count == _moment.Count)
                {
                    _reached.TrySetResult();
                }
            }
            else if (Lost().Match(line.Text) is { Success: true } lost)
            {
                _inFlight += int.Parse(lost.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            }
            else if (line.Text.Contains($": {_moment.Event} job ", StringComparison.Ordinal))
            {
                _reached.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@": Lost \S+; (\d+) of its tasks go to others")]
    private static partial Regex Lost();
}
