using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>The plain twin of the automaton and the segmenter: a dictionary and a table over all positions.</summary>
internal sealed class TextbookUnigram
{
    private readonly Dictionary<string, int> _indexes = [];
    private readonly double[] _scores;
    private readonly int _longest;

    public TextbookUnigram(IReadOnlyList<ReadOnlyMemory<byte>> pieces, ReadOnlySpan<long> counts)
    {
        _scores = new double[pieces.Count];
        long total = 0;
        foreach (long count in counts)
        {
            total += count;
        }

        for (int i = 0; i < pieces.Count; i++)
        {
            _indexes.Add(Convert.ToHexString(pieces[i].Span), i);
            _scores[i] = ExactLog.Ln(counts[i]) - ExactLog.Ln(total);
            _longest = Math.Max(_longest, pieces[i].Length);
        }
    }

    public int[] Segment(ReadOnlySpan<byte> chunk)
    {
        double[] best = new double[chunk.Length + 1];
        int[] from = new int[chunk.Length + 1];
        int[] piece = new int[chunk.Length + 1];
        for (int end = 1; end <= chunk.Length; end++)
        {
            best[end] = double.NegativeInfinity;
            for (int start = Math.Max(0, end - _longest); start < end; start++)
            {
                if (_indexes.TryGetValue(Convert.ToHexString(chunk[start..end]), out int index)
                    && best[start] + _scores[index] > best[end])
                {
                    (best[end], from[end], piece[end]) = (best[start] + _scores[index], start, index);
                }
            }
        }

        List<int> path = [];
        for (int end = chunk.Length; end > 0; end = from[end])
        {
            path.Add(piece[end]);
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>Every way to write <paramref name="text"/> as pieces, with its score; exponential in the length.</summary>
    public List<(int[] Pieces, double Score)> AllSegmentations(ReadOnlyMemory<byte> text)
    {
        List<(int[], double)> all = [];
        Extend([], 0, 0);
        return all;

        void Extend(int[] path, int start, double score)
        {
            if (start == text.Length)
            {
                all.Add((path, score));
            }

            for (int end = start + 1; end <= text.Length; end++)
            {
                if (_indexes.TryGetValue(Convert.ToHexString(text.Span[start..end]), out int index))
                {
                    Extend([.. path, index], end, score + _scores[index]);
                }
            }
        }
    }
}
