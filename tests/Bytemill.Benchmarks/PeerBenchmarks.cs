using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Bytemill.Tokenization;
using Bytemill.Training;
using Microsoft.ML.Tokenizers;
using SharpToken;
using Tokenizer = Bytemill.Tokenization.Tokenizer;

namespace Bytemill.Benchmarks;

/// <summary>A tenth of the sample corpus (about 0.75 MB of text in eleven languages), encoded by .NET's tokenizers, line by line.</summary>
/// <remarks>
/// Bytemill and the SentencePiece tokenizer have the same 16 000 pieces, trained on another three tenths; Tiktoken and SharpToken have
/// vocabularies of their own. All but Bytemill take strings, made beforehand. <c>scripts/bench-encode.sh</c> does the same on a corpus of one's own.
/// </remarks>
[MemoryDiagnoser]
public class PeerBenchmarks
{
    private readonly ArrayBufferWriter<int> _ids = new(1 << 20);
    private byte[][] _lines = [];
    private string[] _strings = [];
    private Tokenizer _tokenizer = null!;
    private SentencePieceTokenizer _sentencePiece = null!;
    private TiktokenTokenizer _tiktoken = null!;
    private GptEncoding _sharpToken = null!;

    [GlobalSetup]
    public void Setup()
    {
        List<ReadOnlyMemory<byte>> training = [.. Enumerable.Range(0, 3).SelectMany(SampleText.Read).Select(text => (ReadOnlyMemory<byte>)text)];
        TokenizerModel model = Trainer.Train(training, new TrainerOptions { MaxVocabSizes = [16_000] })[0].Model;
        _tokenizer = new Tokenizer(model);
        using var exported = new MemoryStream();
        ModelFormats.Write(model, ModelFormat.SentencePiece, exported);
        exported.Position = 0;
        _sentencePiece = SentencePieceTokenizer.Create(exported, addBeginningOfSentence: false, addEndOfSentence: false);
        _tiktoken = TiktokenTokenizer.CreateForEncoding("cl100k_base");
        _sharpToken = GptEncoding.GetEncoding("cl100k_base");
        _strings = [.. SampleText.Read(9).SelectMany(document => Encoding.UTF8.GetString(document).Split('\n')).Where(line => line.Length > 0)];
        _lines = [.. _strings.Select(Encoding.UTF8.GetBytes)];
    }

    [Benchmark(Baseline = true)]
    public int Own()
    {
        _ids.ResetWrittenCount();
        foreach (byte[] line in _lines)
        {
            _tokenizer.Encode(line, _ids);
        }

        return _ids.WrittenCount;
    }

    [Benchmark]
    public int OwnFromStrings()
    {
        _ids.ResetWrittenCount();
        foreach (string line in _strings)
        {
            _tokenizer.Encode(line.AsSpan(), _ids);
        }

        return _ids.WrittenCount;
    }

    [Benchmark]
    public int MicrosoftSentencePiece() => Count(_sentencePiece);

    [Benchmark]
    public int MicrosoftTiktoken() => Count(_tiktoken);

    [Benchmark]
    public int SharpTokens()
    {
        int count = 0;
        foreach (string line in _strings)
        {
            count += _sharpToken.Encode(line).Count;
        }

        return count;
    }

    private int Count(Microsoft.ML.Tokenizers.Tokenizer tokenizer)
    {
        int count = 0;
        foreach (string line in _strings)
        {
            count += tokenizer.EncodeToIds(line).Count;
        }

        return count;
    }
}
