namespace Bytemill.Tests;

/// <summary>Textbook Unigram encoder: algorithm.md, part 6. Every substring is looked up.</summary>
internal sealed class PlainEncoder
{
    private readonly Dictionary<string, double> _scores = [];
    private readonly int _longest;

    public PlainEncoder(IReadOnlyDictionary<string, long> pieces)
    {
        long total = 0;
        foreach (long count in pieces.Values)
        {
            total = checked(total + count);
        }

        foreach ((string piece, long count) in pieces)
        {
            _scores[piece] = PlainLog.Ln(count) - PlainLog.Ln(total);
            _longest = Math.Max(_longest, piece.Length);
        }
    }

    /// <summary>The best split of one chunk.</summary>
    public List<string> Encode(string chunk)
    {
        double[] best = new double[chunk.Length + 1];
        int[] start = new int[chunk.Length + 1];
        for (int end = 1; end <= chunk.Length; end++)
        {
            best[end] = double.NegativeInfinity;
            for (int length = Math.Min(_longest, end); length >= 1; length--)
            {
                if (_scores.TryGetValue(chunk.Substring(end - length, length), out double score)
                    && best[end - length] + score > best[end])
                {
                    best[end] = best[end - length] + score;
                    start[end] = end - length;
                }
            }
        }

        List<string> parts = [];
        for (int end = chunk.Length; end > 0; end = start[end])
        {
            parts.Add(chunk[start[end]..end]);
        }

        parts.Reverse();
        return parts;
    }

    /// <summary>The best split of a text of many chunks.</summary>
    public List<string> EncodeText(string text, bool isolateDigits, Func<string, string> nfc) =>
        [.. PlainText.EncodingChunks(text, isolateDigits, nfc).SelectMany(Encode)];
}
