using System.Collections.Immutable;
using System.Globalization;

namespace Bytemill.Chaos;

/// <summary>How a round went.</summary>
/// <param name="Seed">Seed of the plan.</param>
/// <param name="Round">Number of the round.</param>
/// <param name="Fault">What was done.</param>
/// <param name="Moment">When.</param>
/// <param name="Deed">To whom, in words.</param>
/// <param name="JobSeconds">From the start of the client to the complete results.</param>
/// <param name="Seconds">Of the round, until the cluster was whole again.</param>
/// <param name="Redone">Tasks finished more than once.</param>
/// <param name="InFlight">Tasks that lost nodes had in hand.</param>
/// <param name="Faults">What was not as it must be; empty when all was well.</param>
public sealed record RoundReport(
    int Seed, int Round, FaultKind Fault, string Moment, string Deed, double JobSeconds, double Seconds, int Redone, int InFlight, ImmutableArray<string> Faults)
{
    public bool IsGood => Faults.IsEmpty;

    /// <summary>One line for the console.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"round {Round,4}  seed {Seed}  {Fault.Name(),-21} at {Moment,-32} {JobSeconds,5:0.0} s {Seconds,5:0.0} s  redone {Redone}, in flight {InFlight}  {(IsGood ? "ok" : "FAILED")}  ({Deed})");
}
