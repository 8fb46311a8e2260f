using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>Cutting about 8 MB of generated text into pieces, chunks in batches of 64 KB as the trainer does, against one chunk a call.</summary>
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
        using var file = new MemoryStream();
        NGramModelBuilder.Build([() => new MemoryStream(slice.ToArray())], 6, minCount: 2, scratch, file, CancellationToken.None);
        file.Position = 0;
        _model = NGramModel.Read(file);
        _segmenter = new NGramSegmenter(_model, ensureUnicode: true);
        if (Batched() != OneByOne())
        {
            throw new InvalidOperationException("Chunks in batches do not give the pieces of chunks one by one.");
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _model!.Dispose();

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
}
