using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Tokenization;

namespace Bytemill.Benchmarks;

/// <summary>Encoding one megabyte, as many short lines and as one long line, against the textbook's way.</summary>
/// <remarks>
/// Words and counts are made here with a fixed seed: a vocabulary of 40 000 pieces, Zipf-like. MB/s is 1 / time in seconds.
/// </remarks>
[MemoryDiagnoser]
public class EncodeBenchmarks
{
    private const int TextBytes = 1_000_000;
    private readonly ArrayBufferWriter<int> _ids = new(TextBytes);
    private byte[] _text = [];
    private Tokenizer _tokenizer = null!;
    private Dictionary<string, (int Id, double Score)> _pieces = null!;
    private int _longest;

    [Params(60, TextBytes)]
    public int LineBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        List<string> words = [.. Words(random).Distinct().Take(40_000)];
        Vocabulary vocabulary = Vocabulary.Create(
            Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1000L))
                .Concat(words.Select((word, rank) => KeyValuePair.Create(Encoding.ASCII.GetBytes(word), 1 + (40_000_000L / (rank + 10))))));
        _tokenizer = new Tokenizer(new TokenizerModel(vocabulary, new ModelOptions()));
        _text = Text(words, random);
        _pieces = new Dictionary<string, (int, double)>(StringComparer.Ordinal);
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            _pieces.Add(Encoding.Latin1.GetString(vocabulary.GetPiece(id)), (id, vocabulary.GetScore(id)));
        }

        _longest = vocabulary.LongestPiece;
        int[] fast = _tokenizer.Encode(_text);
        if (!fast.AsSpan().SequenceEqual(Textbook().ToArray()))
        {
            throw new InvalidOperationException("The textbook gives other ids.");
        }
    }

    [Benchmark(Baseline = true)]
    public List<int> Textbook()
    {
        var ids = new List<int>();
        ReadOnlySpan<byte> rest = _text;
        while (!rest.IsEmpty)
        {
            int length = ChunkSplitter.NextEncodingChunk(rest, isolateDigits: false);
            ids.AddRange(TextbookChunk(Encoding.Latin1.GetString(rest[..length])));
            rest = rest[length..];
        }

        return ids;
    }

    [Benchmark]
    public int Encode()
    {
        _ids.ResetWrittenCount();
        _tokenizer.Encode(_text, _ids);
        return _ids.WrittenCount;
    }

    [Benchmark]
    public int StreamInParts()
    {
        _ids.ResetWrittenCount();
        StreamingEncoder encoder = _tokenizer.CreateStreamingEncoder();
        for (int start = 0; start < _text.Length; start += 4096)
        {
            encoder.Append(_text.AsSpan(start, Math.Min(4096, _text.Length - start)), _ids);
        }

        encoder.Complete(_ids);
        return _ids.WrittenCount;
    }

    private static IEnumerable<string> Words(Random random)
    {
        string[] syllables = [.. from c in "bcdfghklmnprstvwz" from v in "aeiou" select $"{c}{v}"];
        while (true)
        {
            yield return (random.Next(2) == 0 ? " " : "") + string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => syllables[random.Next(syllables.Length)]));
        }
    }

    private byte[] Text(List<string> words, Random random)
    {
        var text = new StringBuilder(TextBytes + 100);
        int lineStart = 0;
        while (text.Length < TextBytes)
        {
            text.Append(words[(int)(Math.Pow(random.NextDouble(), 4) * words.Count)]);
            if (text.Length - lineStart >= LineBytes)
            {
                text.Append('\n');
                lineStart = text.Length;
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private Stack<int> TextbookChunk(string chunk)
    {
        double[] best = new double[chunk.Length + 1];
        (int From, int Id)[] route = new (int, int)[chunk.Length + 1];
        for (int end = 1; end <= chunk.Length; end++)
        {
            best[end] = double.NegativeInfinity;
            for (int start = Math.Max(0, end - _longest); start < end; start++)
            {
                if (_pieces.TryGetValue(chunk[start..end], out (int Id, double Score) piece) && best[start] + piece.Score > best[end])
                {
                    (best[end], route[end]) = (best[start] + piece.Score, (start, piece.Id));
                }
            }
        }

        var ids = new Stack<int>();
        for (int end = chunk.Length; end > 0; end = route[end].From)
        {
            ids.Push(route[end].Id);
        }

        return ids;
    }
}
