using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>When a fault strikes, in terms of the job: logs tell when it is there.</summary>
/// <param name="Event"><c>Accepted</c>, <c>Planned</c>, or the kind of stage of which tasks are finished.</param>
/// <param name="Count">How many of the stage's tasks are finished, over all nodes; 1 for the others.</param>
/// <param name="Delay">Time from there.</param>
public sealed record Moment(string Event, int Count, TimeSpan Delay)
{
    public const string Accepted = "Accepted";
    public const string Planned = "Planned";

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Event} {Count} + {Delay.TotalMilliseconds:0} ms");
}
