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
        var steps = new Step[checked((chunk.Length + 1) * n)];
        int[] counts = new int[chunk.Length + 1];
        counts[0] = 1;
        int[] next = new int[automaton.LongestPiece];
        int state = PieceAutomaton.Root;
        for (int end = 1; end <= chunk.Length; end++)
        {
            state = automaton.Step(state, chunk[end - 1]);
            counts[end] = Extend(steps, counts, end, automaton.MatchesAt(state), next);
        }

        var paths = new (int[], double)[counts[^1]];
        for (int rank = 0; rank < paths.Length; rank++)
        {
            paths[rank] = (TraceBack(steps, chunk.Length, rank), steps[(chunk.Length * n) + rank].Score);
        }

        return paths;
    }

    // Merges the lists that the matches extend; each is sorted, and an earlier (longer) match wins a tie.
    private int Extend(Step[] steps, int[] counts, int end, ReadOnlySpan<PieceMatch> matches, int[] next)
    {
        next.AsSpan(0, matches.Length).Clear();
        int count = 0;
        while (count < n)
        {
            int chosen = -1;
            double best = double.NegativeInfinity;
            for (int m = 0; m < matches.Length; m++)
            {
                int from = end - matches[m].Length;
                if (next[m] < counts[from] && steps[(from * n) + next[m]].Score + matches[m].Score > best)
                {
                    (chosen, best) = (m, steps[(from * n) + next[m]].Score + matches[m].Score);
                }
            }

            if (chosen < 0)
            {
                break;
            }

            steps[(end * n) + count++] = new Step(best, matches[chosen].Piece, matches[chosen].Length, next[chosen]++);
        }

        return count;
    }

    private int[] TraceBack(Step[] steps, int end, int rank)
    {
        var pieces = new List<int>();
        while (end > 0)
        {
            Step step = steps[(end * n) + rank];
            pieces.Add(step.Piece);
            end -= step.Length;
            rank = step.RankBefore;
        }

        pieces.Reverse();
        return [.. pieces];
    }

    private readonly record struct Step(double Score, int Piece, int Length, int RankBefore);
}
