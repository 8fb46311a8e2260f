namespace Bytemill.Tokenization;

/// <summary>The n best paths of chunks, best first, ties as in <see cref="UnigramSegmenter"/>.</summary>
internal sealed class NBestSegmenter(PieceAutomaton automaton, int n)
{
    /// <summary>A way to write the chunks so far; the pieces of the last are in <paramref name="Pieces"/>.</summary>
    public sealed record Path(Path? Before, int[] Pieces, double Score);

    /// <summary>The best paths so far; one empty path at the beginning.</summary>
    public List<Path> Best { get; private set; } = [new Path(null, [], 0)];

    /// <summary>Goes on with the next chunk: the n best of all pairs, by (score, rank before, rank in the chunk).</summary>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        (int[] Pieces, double Score)[] paths = Segment(chunk);
        var best = new List<Path>();
        int[] next = new int[Best.Count];
        while (best.Count < n)
        {
            int chosen = -1;
            double score = double.NegativeInfinity;
            for (int i = 0; i < next.Length; i++)
            {
                if (next[i] < paths.Length && Best[i].Score + paths[next[i]].Score > score)
                {
                    (chosen, score) = (i, Best[i].Score + paths[next[i]].Score);
                }
            }

            if (chosen < 0)
            {
                break;
            }

            best.Add(new Path(Best[chosen], paths[next[chosen]++].Pieces, score));
        }

        Best = best;
    }

    private (int[] Pieces, double Score)[] Segment(ReadOnlySpan<byte> chunk)
    {
        // Row e holds the best paths to byte e: score, last piece and the rank of the path it extends.
        int width = Width(chunk.Length);
        var steps = new Step[checked((chunk.Length + 1) * width)];
        int[] counts = new int[chunk.Length + 1];
        counts[0] = 1;
        int[] next = new int[automaton.LongestPiece];
        int state = PieceAutomaton.Root;
        for (int end = 1; end <= chunk.Length; end++)
        {
            state = automaton.Step(state, chunk[end - 1]);
            counts[end] = Extend(steps, width, counts, end, automaton.MatchesAt(state), next);
        }

        // The lists of matches lie in the automaton's memory.
        GC.KeepAlive(automaton);
        var paths = new (int[], double)[counts[^1]];
        for (int rank = 0; rank < paths.Length; rank++)
        {
            paths[rank] = (TraceBack(steps, width, chunk.Length, rank), steps[(chunk.Length * width) + rank].Score);
        }

        return paths;
    }

    // Paths kept for each position: a chunk of that length cannot be cut in more ways than every byte or not.
    private int Width(int length) => length <= 31 ? (int)Math.Min(n, 1L << Math.Max(0, length - 1)) : n;

    // Merges the lists that the matches extend; each is sorted, and an earlier (longer) match wins a tie.
    private static int Extend(Step[] steps, int width, int[] counts, int end, ReadOnlySpan<PieceMatch> matches, int[] next)
    {
        next.AsSpan(0, matches.Length).Clear();
        int count = 0;
        while (count < width)
        {
            int chosen = -1;
            double best = double.NegativeInfinity;
            for (int m = 0; m < matches.Length; m++)
            {
                int from = end - matches[m].Length;
                if (next[m] < counts[from] && steps[(from * width) + next[m]].Score + matches[m].Score > best)
                {
                    (chosen, best) = (m, steps[(from * width) + next[m]].Score + matches[m].Score);
                }
            }

            if (chosen < 0)
            {
                break;
            }

            steps[(end * width) + count++] = new Step(best, matches[chosen].Piece, matches[chosen].Length, next[chosen]++);
        }

        return count;
    }

    private static int[] TraceBack(Step[] steps, int width, int end, int rank)
    {
        var pieces = new List<int>();
        while (end > 0)
        {
            Step step = steps[(end * width) + rank];
            pieces.Add(step.Piece);
            end -= step.Length;
            rank = step.RankBefore;
        }

        pieces.Reverse();
        return [.. pieces];
    }

    private readonly record struct Step(double Score, int Piece, int Length, int RankBefore);
}
