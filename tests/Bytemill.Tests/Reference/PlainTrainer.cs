namespace Bytemill.Tests;

/// <summary>Textbook trainer: algorithm.md, parts 2 to 5, step by step and with everything in dictionaries.</summary>
internal sealed class PlainTrainer
{
    public int Order { get; init; } = 6;

    public IReadOnlyList<int> MaxVocabSizes { get; init; } = [10_000];

    public int MaxPieceLength { get; init; } = 36;

    public long MinCount { get; init; } = 2;

    public bool IsolateDigits { get; init; }

    public bool EnsureUnicode { get; init; } = true;

    public required Func<string, string> Nfc { get; init; }

    /// <summary>The pieces and their counts for each size, the largest size first.</summary>
    public List<(int Size, Dictionary<string, long> Pieces)> Train(IEnumerable<string> documents)
    {
        List<string> chunks = [.. documents.SelectMany(text => PlainText.TrainingChunks(text, IsolateDigits, Nfc))];
        Dictionary<string, double>[] scores = ScoreNGrams(CountNGrams(chunks));
        return PrunePieces(CountPieces(chunks, scores));
    }

    /// <summary>Part 2: counts of the n-grams of length n at index n.</summary>
    public Dictionary<string, long>[] CountNGrams(IEnumerable<string> chunks)
    {
        Dictionary<string, long>[] counts = NewByLength<long>();
        foreach (string chunk in chunks)
        {
            for (int i = 0; i < chunk.Length; i++)
            {
                for (int n = 0; n <= Order && i + n <= chunk.Length; n++)
                {
                    Add(counts[n], chunk.Substring(i, n), 1);
                }
            }
        }

        return counts;
    }

    /// <summary>Part 3: scores of the kept n-grams of length n at index n; index 0 stays empty.</summary>
    public Dictionary<string, double>[] ScoreNGrams(Dictionary<string, long>[] counts)
    {
        foreach (string single in SingleBytes().Where(single => !counts[1].ContainsKey(single)))
        {
            counts[1][single] = 1;
            Add(counts[0], "", 1);
        }

        Dictionary<string, double>[] scores = NewByLength<double>();
        for (int n = 1; n <= Order; n++)
        {
            foreach ((string ngram, long count) in counts[n])
            {
                if (n == 1 || count >= MinCount)
                {
                    scores[n][ngram] = PlainLog.Ln(count) - PlainLog.Ln(counts[n - 1][ngram[..^1]]);
                }
            }
        }

        return scores;
    }

    /// <summary>Part 4: the pieces of one chunk.</summary>
    public List<string> Segment(string chunk, Dictionary<string, double>[] scores)
    {
        double[,] best = new double[chunk.Length, Order];
        int[,] from = new int[chunk.Length, Order];
        for (int i = 0; i < chunk.Length; i++)
        {
            for (int j = 0; j < Order; j++)
            {
                double node = Node(chunk, i, j, scores);
                if (i == 0)
                {
                    best[i, j] = node;
                }
                else
                {
                    // Compared are the whole sums: under a node of −∞ all are equal, and the lowest state wins.
                    from[i, j] = ArgMax(k => best[i - 1, k] + Transition(k, j) + node);
                    best[i, j] = best[i - 1, from[i, j]] + Transition(from[i, j], j) + node;
                }
            }
        }

        List<string> pieces = [];
        int end = chunk.Length;
        int state = end == 0 ? 0 : ArgMax(k => best[end - 1, k]);
        for (int i = chunk.Length - 1; i >= 0; i--)
        {
            if (state == 0)
            {
                pieces.Add(chunk[i..end]);
                end = i;
            }

            state = from[i, state];
        }

        pieces.Reverse();
        return pieces;
    }

    public Dictionary<string, long> CountPieces(IEnumerable<string> chunks, Dictionary<string, double>[] scores)
    {
        Dictionary<string, long> pieces = [];
        foreach (string piece in chunks.SelectMany(chunk => Segment(chunk, scores)))
        {
            Add(pieces, piece, 1);
        }

        return pieces;
    }

    /// <summary>Part 5, steps 1 to 4.</summary>
    public List<(int Size, Dictionary<string, long> Pieces)> PrunePieces(Dictionary<string, long> pieces)
    {
        foreach (string single in SingleBytes().Where(single => !pieces.ContainsKey(single)))
        {
            pieces[single] = 1;
        }

        bool Keeps(KeyValuePair<string, long> piece) =>
            piece.Key.Length == 1 || (piece.Key.Length <= MaxPieceLength && piece.Value >= MinCount);

        Dictionary<string, long> kept = RemoveWaste(Absorb(
            new Dictionary<string, long>(pieces.Where(Keeps)), pieces.Where(piece => !Keeps(piece))));

        List<(int, Dictionary<string, long>)> results = [];
        foreach (int size in MaxVocabSizes.Distinct().OrderDescending())
        {
            if (kept.Count > size - 3)
            {
                List<KeyValuePair<string, long>> ranked =
                [
                    .. kept.OrderBy(piece => piece.Key.Length > 1)
                        .ThenByDescending(piece => piece.Value)
                        .ThenByDescending(piece => piece.Key.Length)
                        .ThenBy(piece => piece.Key, StringComparer.Ordinal),
                ];
                kept = RemoveWaste(Absorb(
                    new Dictionary<string, long>(ranked.Take(size - 3)), ranked.Skip(size - 3)));
            }

            results.Add((size, kept));
        }

        return results;
    }

    /// <summary>Splits the dropped pieces into the kept ones and adds their counts.</summary>
    private static Dictionary<string, long> Absorb(
        Dictionary<string, long> kept, IEnumerable<KeyValuePair<string, long>> dropped)
    {
        foreach ((string part, long count) in Split(kept, dropped))
        {
            kept[part] = checked(kept[part] + count);
        }

        return kept;
    }

    private static Dictionary<string, long> RemoveWaste(Dictionary<string, long> kept)
    {
        while (true)
        {
            Dictionary<string, long> used = Split(kept, kept);
            if (used.Count == kept.Count)
            {
                // Of equal size, yet the counts to go on with are the new ones.
                return used;
            }

            kept = used;
        }
    }

    private static Dictionary<string, long> Split(
        Dictionary<string, long> vocabulary, IEnumerable<KeyValuePair<string, long>> pieces)
    {
        PlainEncoder encoder = new(vocabulary);
        Dictionary<string, long> parts = [];
        foreach ((string piece, long count) in pieces)
        {
            foreach (string part in encoder.Encode(piece))
            {
                Add(parts, part, count);
            }
        }

        return parts;
    }

    private double Node(string chunk, int i, int j, Dictionary<string, double>[] scores)
    {
        bool continuation = chunk[i] is >= '\x80' and <= '\xBF';
        if (j > i || (EnsureUnicode && continuation && j == 0))
        {
            return double.NegativeInfinity;
        }

        return scores[j + 1].TryGetValue(chunk.Substring(i - j, j + 1), out double score) ? score : double.NegativeInfinity;
    }

    private double Transition(int from, int to) =>
        to == 0 || to == Math.Min(from + 1, Order - 1) ? 0.0 : double.NegativeInfinity;

    /// <summary>The lowest state of the greatest value; 0 when all are −∞.</summary>
    private int ArgMax(Func<int, double> value)
    {
        int best = 0;
        double greatest = value(0);
        for (int k = 1; k < Order; k++)
        {
            double candidate = value(k);
            if (candidate > greatest)
            {
                (best, greatest) = (k, candidate);
            }
        }

        return best;
    }

    private static IEnumerable<string> SingleBytes() => Enumerable.Range(0, 256).Select(value => ((char)value).ToString());

    private Dictionary<string, T>[] NewByLength<T>() =>
        [.. Enumerable.Range(0, Order + 1).Select(_ => new Dictionary<string, T>())];

    private static void Add(Dictionary<string, long> counts, string key, long count) =>
        counts[key] = checked(counts.GetValueOrDefault(key) + count);
}
