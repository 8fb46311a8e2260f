using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>What is done in one round: a function of the seed, the round's number, the faults to choose from and the job.</summary>
/// <param name="Round">Number of the round, from 1.</param>
/// <param name="Fault">What happens.</param>
/// <param name="Moment">When.</param>
/// <param name="Picks">Numbers that choose victims among those there are at the moment.</param>
/// <param name="Length">How long a fault lasts that passes.</param>
/// <param name="Back">Time until a dead node is started again.</param>
public sealed record RoundPlan(int Round, FaultKind Fault, Moment Moment, ImmutableArray<int> Picks, TimeSpan Length, TimeSpan Back)
{
    /// <summary>Chooses <paramref name="count"/> of <paramref name="candidates"/> (all, when there are fewer), in their order.</summary>
    public ImmutableArray<T> Choose<T>(IReadOnlyList<T> candidates, int count)
    {
        var left = Enumerable.Range(0, candidates.Count).ToList();
        var chosen = new SortedSet<int>();
        for (int i = 0; i < count && left.Count > 0; i++)
        {
            int at = Picks[i % Picks.Length] % left.Count;
            chosen.Add(left[at]);
            left.RemoveAt(at);
        }

        return [.. chosen.Select(index => candidates[index])];
    }
}
