using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>The exact probability of each segmentation of a short chunk, by enumeration.</summary>
internal static class SegmentationDistribution
{
    /// <summary>Keys are ids joined by spaces.</summary>
    public static Dictionary<string, double> Of(Tokenizer tokenizer, SamplingOptions options, byte[] chunk) =>
        options.Method == SamplingMethod.Exact ? Exact(tokenizer, options.Alpha, chunk) : Viterbi(tokenizer, options.Alpha, chunk);

    public static string Key(IEnumerable<int> ids) => string.Join(' ', ids);

    /// <summary>Pearson's statistic and its degrees of freedom; cells of less than five expected draws are one.</summary>
    public static (double ChiSquared, int Freedom) Compare(Dictionary<string, double> expected, Dictionary<string, int> drawn, int draws)
    {
        double chiSquared = 0;
        double restExpected = 0;
        double restDrawn = 0;
        int cells = 0;
        Assert.Empty(drawn.Keys.Except(expected.Keys));
        foreach ((string key, double probability) in expected)
        {
            int count = drawn.GetValueOrDefault(key);
            if (probability * draws < 5)
            {
                restExpected += probability * draws;
                restDrawn += count;
                continue;
            }

            cells++;
            chiSquared += Math.Pow(count - (probability * draws), 2) / (probability * draws);
        }

        if (restExpected >= 1)
        {
            cells++;
            chiSquared += Math.Pow(restDrawn - restExpected, 2) / restExpected;
        }

        return (chiSquared, cells - 1);
    }

    /// <summary>Fails when draws so far from the distribution come once in about ten thousand times (Wilson and Hilferty's approximation).</summary>
    public static void AssertFits(Dictionary<string, double> expected, Dictionary<string, int> drawn, int draws, string what)
    {
        (double chiSquared, int freedom) = Compare(expected, drawn, draws);
        if (freedom == 0)
        {
            return;
        }

        double spread = 2 / (9.0 * freedom);
        double limit = freedom * Math.Pow(1 - spread + (3.72 * Math.Sqrt(spread)), 3);
        Assert.True(chiSquared < limit, $"{what}: chi-squared {chiSquared:0.0} with {freedom} degrees of freedom, limit {limit:0.0}.");
    }

    private static Dictionary<string, double> Exact(Tokenizer tokenizer, double alpha, byte[] chunk)
    {
        Dictionary<string, double> weights = [];
        Extend([], 0, 0);
        double sum = weights.Values.Sum();
        return weights.ToDictionary(entry => entry.Key, entry => entry.Value / sum);

        void Extend(int[] path, int start, double score)
        {
            if (start == chunk.Length)
            {
                weights.Add(Key(path), Math.Exp(alpha * score));
            }

            for (int end = start + 1; end <= chunk.Length; end++)
            {
                if (tokenizer.Model.Vocabulary.TryGetId(chunk.AsSpan(start..end), out int id))
                {
                    Extend([.. path, id], end, score + tokenizer.Model.Vocabulary.GetScore(id));
                }
            }
        }
    }

    // What is kept at a position depends on what is kept before, so all combinations are gone through.
    private static Dictionary<string, double> Viterbi(Tokenizer tokenizer, double alpha, byte[] chunk)
    {
        Dictionary<string, double> probabilities = [];
        Extend([([], 0)], 1);
        return probabilities;

        void Extend(List<(int[] Path, double Score)> kept, double probability)
        {
            int end = kept.Count;
            if (end > chunk.Length)
            {
                string key = Key(kept[^1].Path);
                probabilities[key] = probabilities.GetValueOrDefault(key) + probability;
                return;
            }

            // Longest first: the incumbent after each candidate, with its probability.
            List<(int[] Path, double Score, double Probability)> incumbents = [];
            for (int start = 0; start < end; start++)
            {
                if (tokenizer.Model.Vocabulary.TryGetId(chunk.AsSpan(start..end), out int id))
                {
                    (int[] Path, double Score) candidate = ([.. kept[start].Path, id], kept[start].Score + tokenizer.Model.Vocabulary.GetScore(id));
                    double replaced = incumbents.Count == 0 ? 1 : 0;
                    for (int i = 0; i < incumbents.Count; i++)
                    {
                        double chance = 1 / (1 + Math.Exp(-alpha * (candidate.Score - incumbents[i].Score)));
                        replaced += incumbents[i].Probability * chance;
                        incumbents[i] = incumbents[i] with { Probability = incumbents[i].Probability * (1 - chance) };
                    }

                    incumbents.Add((candidate.Path, candidate.Score, replaced));
                }
            }

            foreach ((int[] path, double score, double share) in incumbents)
            {
                Extend([.. kept, (path, score)], probability * share);
            }
        }
    }
}
