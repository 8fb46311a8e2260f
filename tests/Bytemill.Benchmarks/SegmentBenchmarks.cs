using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>
/// About 8 MB of generated text: cutting it into pieces, chunks in batches of 64 KB as the trainer does, against one chunk a call and the textbook;
/// counting the pieces; looking n-grams up; building the model.
/// </summary>
[ShortRunJob]
[MemoryDiagnoser]
public class SegmentBenchmarks
{
    private const int TextBytes = 8_000_000;
    private const int BatchBytes = 64 << 10;

    private readonly List<int> _chunkEnds = [];
    private byte[] _text = [];
    private int[] _relativeEnds = [];
    private int[] _pieceEnds = [];
    private int[] _textEnds = [];
    private byte[] _slice = [];
    private NGramModel? _model;
    private NGramSegmenter? _segmenter;

    [GlobalSetup]
    public void Setup()
    {
        (_text, int[] ends) = Generate();
        _chunkEnds.AddRange(ends);
        _relativeEnds = new int[ends.Length];
        _pieceEnds = new int[_text.Length];
        var scratch = new MemoryScratchSpace();
        using var counter = new NGramCounter(order: 6, KeyRanges.Whole, bufferBytes: 1 << 28, scratch);
        int start = 0;
        foreach (int end in ends)
        {
            counter.Add(_text.AsSpan(start, end - start));
            start = end;
        }

        using var run = new MemoryStream();
        counter.WriteTo(run);
        using var slice = new MemoryStream();
        NGramSliceMerger.Merge([() => new MemoryStream(run.ToArray())], 0, KeyRanges.Whole, 6, minCount: 2, scratch, slice, CancellationToken.None);
        _slice = slice.ToArray();
        using var file = new MemoryStream();
        Build(file);
        file.Position = 0;
        _model = NGramModel.Read(file);
        _segmenter = SegmenterOf(_model);
        if (Batched() != OneByOne() || Textbook() != OneByOne())
        {
            throw new InvalidOperationException("Chunks in batches, one by one, and the textbook do not give the same pieces.");
        }

        _textEnds = new int[_text.Length];
        int used = 0;
        start = 0;
        foreach (int end in ends)
        {
            int pieces = _segmenter.Segment(_text.AsSpan(start, end - start), _pieceEnds);
            for (int i = 0; i < pieces; i++)
            {
                _textEnds[used++] = start + _pieceEnds[i];
            }

            start = end;
        }

        Array.Resize(ref _textEnds, used);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _segmenter!.Dispose();
        _model!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public long OneByOne()
    {
        long pieces = 0;
        int start = 0;
        foreach (int end in _chunkEnds)
        {
            pieces += _segmenter!.Segment(_text.AsSpan(start, end - start), _pieceEnds);
            start = end;
        }

        return pieces;
    }

    [Benchmark]
    public long Batched()
    {
        long pieces = 0;
        int start = 0;
        for (int chunk = 0; chunk < _chunkEnds.Count;)
        {
            int count = 0;
            while (chunk < _chunkEnds.Count && (count == 0 || _chunkEnds[chunk] - start <= BatchBytes))
            {
                _relativeEnds[count++] = _chunkEnds[chunk++] - start;
            }

            int length = _relativeEnds[count - 1];
            pieces += _segmenter!.Segment(_text.AsSpan(start, length), _relativeEnds.AsSpan(0, count), _pieceEnds);
            start += length;
        }

        return pieces;
    }

    /// <summary>The best path as a textbook has it, a look-up for every length at every byte.</summary>
    [Benchmark]
    public long Textbook()
    {
        long pieces = 0;
        int start = 0;
        foreach (int end in _chunkEnds)
        {
            pieces += SegmentPlainly(_text.AsSpan(start, end - start));
            start = end;
        }

        return pieces;
    }

    /// <summary>Scores of the n-grams of full order at every eighth byte, one after another.</summary>
    [Benchmark]
    public double LookUp()
    {
        double sum = 0;
        for (int i = 0; i + 6 <= _text.Length; i += 8)
        {
            sum += Math.Max(-100, _model!.Score(_text.AsSpan(i, 6)));
        }

        return sum;
    }

    [Benchmark]
    public long CountPieces()
    {
        using var counter = new PieceCounter(KeyRanges.Whole, 128L << 20, new MemoryScratchSpace());
        counter.AddAll(_text, _textEnds);
        return counter.WriteTo(Stream.Null).Entries;
    }

    [Benchmark]
    public long CountPiecesOneByOne()
    {
        using var counter = new PieceCounter(KeyRanges.Whole, 128L << 20, new MemoryScratchSpace());
        int start = 0;
        foreach (int end in _textEnds)
        {
            counter.Add(_text.AsSpan(start, end - start));
            start = end;
        }

        return counter.WriteTo(Stream.Null).Entries;
    }

    [Benchmark]
    public long BuildModel()
    {
        using var file = new MemoryStream();
        return Build(file).LengthBytes;
    }

    private NGramModelSummary Build(Stream file) => NGramModelBuilder.Build(
        [() => new MemoryStream(_slice)], 6, minCount: 2, new MemoryScratchSpace(), file, 256L << 20, threads: 1, CancellationToken.None);

    private int SegmentPlainly(ReadOnlySpan<byte> chunk)
    {
        const int Order = 6;
        double[] best = new double[Order];
        byte[][] routes = new byte[chunk.Length][];
        for (int i = 0; i < chunk.Length; i++)
        {
            double[] next = new double[Order];
            routes[i] = new byte[Order];
            for (int j = 0; j < Order; j++)
            {
                bool isForbidden = i < j || (j == 0 && (chunk[i] & 0xC0) == 0x80);
                double node = isForbidden ? double.NegativeInfinity : _model!.Score(chunk.Slice(i - j, j + 1));
                next[j] = i == 0 ? node : double.NegativeInfinity;
                for (int k = 0; i > 0 && k < Order; k++)
                {
                    if ((j == 0 || j == Math.Min(k + 1, Order - 1)) && best[k] + node > next[j])
                    {
                        (next[j], routes[i][j]) = (best[k] + node, (byte)k);
                    }
                }
            }

            best = next;
        }

        int state = 0;
        for (int j = 1; j < Order; j++)
        {
            state = best[j] > best[state] ? j : state;
        }

        int pieces = 1;
        for (int i = chunk.Length - 1; i > 0; state = routes[i--][state])
        {
            pieces += state == 0 ? 1 : 0;
        }

        return pieces;
    }

    // Words repeat with a long tail, as in text, so that the model is far larger than a cache.
    private static (byte[] Text, int[] ChunkEnds) Generate()
    {
        const string Letters = "etaoinshrdlucmfwypvbgk 的一是不了人我在有他这为之大来以个中上们 ";
        var random = new Random(1);
        var text = new List<byte>(TextBytes + 1000);
        var ends = new List<int>();
        var line = new StringBuilder();
        while (text.Count < TextBytes)
        {
            line.Clear();
            for (int words = random.Next(3, 40); words > 0; words--)
            {
                var letters = new Random((int)(200_000 * Math.Pow(random.NextDouble(), 4)));
                for (int letter = letters.Next(1, 8); letter > 0; letter--)
                {
                    line.Append(Letters[letters.Next(Letters.Length)]);
                }

                line.Append(' ');
            }

            text.AddRange(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
            ends.Add(text.Count);
        }

        return ([.. text], [.. ends]);
    }

    private static NGramSegmenter SegmenterOf(NGramModel model) => new(model, ensureUnicode: true);
}
