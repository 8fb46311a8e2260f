using System.Buffers;
using BenchmarkDotNet.Attributes;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Benchmarks;

/// <summary>Random segmentations of a tenth of the sample corpus (about 0.75 MB of text in eleven languages) against its plain encoding.</summary>
/// <remarks>The vocabulary of 16 000 pieces is trained on another three tenths. What is aimed at: at most twice the time of encoding.</remarks>
[MemoryDiagnoser]
public class SampleBenchmarks
{
    private readonly List<byte[]> _documents = [];
    private readonly ArrayBufferWriter<int> _ids = new(1 << 20);
    private Tokenizer _tokenizer = null!;
    private TokenSampler _exact = null!;
    private TokenSampler _viterbi = null!;

    [Params(0.2, 1.0)]
    public double Alpha { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        List<ReadOnlyMemory<byte>> training = [.. Enumerable.Range(0, 3).SelectMany(SampleText.Read).Select(text => (ReadOnlyMemory<byte>)text)];
        _tokenizer = new Tokenizer(Trainer.Train(training, new TrainerOptions { MaxVocabSizes = [16_000] })[0].Model);
        _documents.AddRange(SampleText.Read(9));
        _exact = Sampler(SamplingMethod.Exact);
        _viterbi = Sampler(SamplingMethod.Viterbi);
        foreach (SamplingMethod method in Enum.GetValues<SamplingMethod>())
        {
            TokenSampler best = _tokenizer.CreateSampler(new SamplingOptions { Method = method, Alpha = SamplingOptions.MaxAlpha });
            foreach (byte[] document in _documents)
            {
                byte[] expected = _tokenizer.Decode(_tokenizer.Encode(document));
                if (!_tokenizer.Decode(Sampler(method).Sample(document, 1)).AsSpan().SequenceEqual(expected)
                    || !_tokenizer.Decode(best.Sample(document, 1)).AsSpan().SequenceEqual(expected))
                {
                    throw new InvalidOperationException($"What {method} sampling draws does not decode to the text.");
                }
            }
        }
    }

    [Benchmark(Baseline = true)]
    public int Encode()
    {
        _ids.ResetWrittenCount();
        foreach (byte[] document in _documents)
        {
            _tokenizer.Encode(document, _ids);
        }

        return _ids.WrittenCount;
    }

    [Benchmark]
    public int SampleExactly() => Sample(_exact);

    [Benchmark]
    public int SampleByViterbi() => Sample(_viterbi);

    private TokenSampler Sampler(SamplingMethod method) => _tokenizer.CreateSampler(new SamplingOptions { Method = method, Alpha = Alpha });

    private int Sample(TokenSampler sampler)
    {
        _ids.ResetWrittenCount();
        for (int i = 0; i < _documents.Count; i++)
        {
            sampler.Sample(_documents[i], DocumentSeed.Of(1, 0, 0, i), _ids);
        }

        return _ids.WrittenCount;
    }
}
