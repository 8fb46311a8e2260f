using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>The plain twin of the samplers: tables over all positions, logarithms and exponentials of the platform, the same random numbers.</summary>
internal sealed class TextbookSampler(Tokenizer tokenizer, SamplingOptions options)
{
    private readonly Vocabulary _vocabulary = tokenizer.Model.Vocabulary;

    public int[] Sample(ReadOnlySpan<byte> normalized, ulong seed)
    {
        List<int> ids = [];
        long offset = 0;
        while (!normalized.IsEmpty)
        {
            int length = ChunkSplitter.NextEncodingChunk(normalized, tokenizer.Model.Options.IsolateDigits);
            ReadOnlySpan<byte> chunk = normalized[..length];
            ids.AddRange(options.Method == SamplingMethod.Exact ? SampleExactly(chunk, offset, seed) : SampleByViterbi(chunk, offset, seed));
            offset += length;
            normalized = normalized[length..];
        }

        return [.. ids];
    }

    // Longest first.
    private List<(int Id, int Length, double Score)> EndingAt(ReadOnlySpan<byte> chunk, int end)
    {
        List<(int, int, double)> pieces = [];
        for (int length = Math.Min(end, _vocabulary.LongestPiece); length > 0; length--)
        {
            if (_vocabulary.TryGetId(chunk.Slice(end - length, length), out int id))
            {
                pieces.Add((id, length, _vocabulary.GetScore(id)));
            }
        }

        return pieces;
    }

    private int[] SampleExactly(ReadOnlySpan<byte> chunk, long offset, ulong seed)
    {
        double[] lnSums = new double[chunk.Length + 1];
        for (int end = 1; end <= chunk.Length; end++)
        {
            List<double> terms = [];
            foreach ((_, int length, double score) in EndingAt(chunk, end))
            {
                terms.Add(lnSums[end - length] + (options.Alpha * score));
            }

            double highest = terms.Max();
            lnSums[end] = highest + Math.Log(terms.Sum(term => Math.Exp(term - highest)));
        }

        Stack<int> path = new();
        for (int end = chunk.Length; end > 0;)
        {
            double u = (SplitMix64.Output(seed, (ulong)(offset + end)) >> 11) * Math.Pow(2, -53);
            List<(int Id, int Length, double Score)> pieces = EndingAt(chunk, end);
            int chosen = -1;
            do
            {
                chosen++;
                u -= Math.Exp(lnSums[end - pieces[chosen].Length] + (options.Alpha * pieces[chosen].Score) - lnSums[end]);
            }
            while (u >= 0 && chosen < pieces.Count - 1);
            path.Push(pieces[chosen].Id);
            end -= pieces[chosen].Length;
        }

        return [.. path];
    }

    private int[] SampleByViterbi(ReadOnlySpan<byte> chunk, long offset, ulong seed)
    {
        double[] scores = new double[chunk.Length + 1];
        var routes = new (int Id, int Length)[chunk.Length + 1];
        for (int end = 1; end <= chunk.Length; end++)
        {
            int draw = 0;
            foreach ((int id, int length, double score) in EndingAt(chunk, end))
            {
                double candidate = scores[end - length] + score;
                double u = ((SplitMix64.Output(seed, (ulong)(offset + end) + ((ulong)draw << 40)) >> 11) + 0.5) * Math.Pow(2, -53);
                if (draw == 0 || Math.Log(u / (1 - u)) < options.Alpha * (candidate - scores[end]))
                {
                    (scores[end], routes[end]) = (candidate, (id, length));
                }

                draw++;
            }
        }

        Stack<int> path = new();
        for (int end = chunk.Length; end > 0; end -= routes[end].Length)
        {
            path.Push(routes[end].Id);
        }

        return [.. path];
    }
}
