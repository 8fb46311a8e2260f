using System.Globalization;
using System.Text.RegularExpressions;

namespace Bytemill.Chaos;

/// <summary>A task that a node says it has finished.</summary>
/// <param name="Kind">Kind of the stage.</param>
/// <param name="Index">Number of the task in it, from 0.</param>
/// <param name="Stage">Number of the stage.</param>
public sealed partial record FinishedTask(string Kind, int Index, int Stage)
{
    /// <summary>Reads a line of a node's log; <c>null</c> when it tells of something else.</summary>
    public static FinishedTask? Parse(string line) =>
        Pattern().Match(line) is { Success: true } match
            ? new FinishedTask(match.Groups["kind"].Value, Number(match.Groups["index"]), Number(match.Groups["stage"]))
            : null;

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@": Finished (?<kind>\w+) (?<index>\d+) of stage (?<stage>\d+): ")]
    private static partial Regex Pattern();
}
