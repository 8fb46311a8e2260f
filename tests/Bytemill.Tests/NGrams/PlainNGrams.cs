using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Parts 2 to 4 of the algorithm as a textbook has them. n-grams are strings of one char per byte.</summary>
internal sealed class PlainNGrams
{
    private readonly int _order;
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal) { [""] = 0 };

    public PlainNGrams(int order)
    {
        _order = order;
    }

    public Dictionary<string, double> Scores { get; private set; } = [];

    public long Total => _counts[""];

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    public void Add(ReadOnlySpan<byte> chunk, long times = 1)
    {
        string text = Text(chunk);
        for (int i = 0; i < text.Length; i++)
        {
            for (int n = 0; n <= _order && i + n <= text.Length; n++)
            {
                string ngram = text.Substring(i, n);
                _counts[ngram] = checked(_counts.GetValueOrDefault(ngram) + times);
            }
        }
    }

    public void Prune(long minCount)
    {
        for (int b = 0; b < 256; b++)
        {
            if (_counts.TryAdd(((char)b).ToString(), 1))
            {
                _counts[""]++;
            }
        }

        Scores = _counts
            .Where(ngram => ngram.Key.Length == 1 || (ngram.Key.Length > 1 && ngram.Value >= minCount))
            .ToDictionary(ngram => ngram.Key, ngram => ExactLog.Ln(ngram.Value) - ExactLog.Ln(_counts[ngram.Key[..^1]]), StringComparer.Ordinal);
    }

    public int[] Segment(byte[] chunk, bool ensureUnicode)
    {
        string text = Text(chunk);
        int length = text.Length;
        double[,] nodes = new double[length, _order];
        for (int i = 0; i < length; i++)
        {
            for (int j = 0; j < _order; j++)
            {
                nodes[i, j] = i >= j ? Scores.GetValueOrDefault(text.Substring(i - j, j + 1), double.NegativeInfinity) : double.NegativeInfinity;
            }

            if (ensureUnicode && chunk[i] is >= 0x80 and < 0xC0)
            {
                nodes[i, 0] = double.NegativeInfinity;
            }
        }

        int[,] routes = new int[length, _order];
        for (int i = 1; i < length; i++)
        {
            double[] best = new double[_order];
            for (int j = 0; j < _order; j++)
            {
                best[j] = double.NegativeInfinity;
                for (int k = 0; k < _order; k++)
                {
                    double cost = j == 0 || j == Math.Min(k + 1, _order - 1) ? 0 : double.NegativeInfinity;
                    double sum = nodes[i - 1, k] + cost + nodes[i, j];
                    if (sum > best[j])
                    {
                        (best[j], routes[i, j]) = (sum, k);
                    }
                }
            }

            for (int j = 0; j < _order; j++)
            {
                nodes[i, j] = best[j];
            }
        }

        int state = 0;
        for (int j = 1; j < _order; j++)
        {
            state = nodes[length - 1, j] > nodes[length - 1, state] ? j : state;
        }

        var ends = new List<int> { length };
        for (int i = length - 1; i > 0; i--)
        {
            if (state == 0)
            {
                ends.Add(i);
            }

            state = routes[i, state];
        }

        ends.Reverse();
        return [.. ends];
    }
}
