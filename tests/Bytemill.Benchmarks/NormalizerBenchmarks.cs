using System.Buffers;
using System.Text;

using BenchmarkDotNet.Attributes;
using Bytemill.Tokenization;

namespace Bytemill.Benchmarks;

/// <summary>Normalization of a megabyte of text, against the platform's on a string of the same text.</summary>
[ShortRunJob]
[MemoryDiagnoser]
public class NormalizerBenchmarks
{
    private const int TextBytes = 1 << 20;

    private readonly ArrayBufferWriter<byte> _scratch = new(2 * TextBytes);
    private byte[] _utf8 = [];
    private string _utf16 = "";

    /// <summary>Every text but the last is normal already.</summary>
    [Params("ascii", "chinese", "mixed", "japanese", "hindi", "decomposed")]
    public string Text { get; set; } = "ascii";

    [GlobalSetup]
    public void Setup()
    {
        string sample = Text switch
        {
            "ascii" => "The quick brown fox jumps over the lazy dog; 1,234 times.\n",
            "chinese" => "天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。寒来暑往，秋收冬藏，闰余成岁，律吕调阳。\n",
            "mixed" => "Tokenizer 分词器，Größe naïve “quotes” — 한국어 текст 日本語です。 😀 1234\n",
            "japanese" => "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。カタカナもガギグゲゴ。\n",
            "hindi" => "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता ब\u0921\u093Cा।\n",
            _ => "Größe naïve Việt Nam được 한국어 がぎぐげご\n".Normalize(NormalizationForm.FormD),
        };

        _utf16 = string.Concat(Enumerable.Repeat(sample, TextBytes / Encoding.UTF8.GetByteCount(sample)));
        _utf8 = Encoding.UTF8.GetBytes(_utf16);
        string expected = _utf16.Normalize();
        if (Encoding.UTF8.GetString(TextNormalizer.ToNfc(_utf8, _scratch)) != expected || (expected == _utf16) != (Text != "decomposed"))
        {
            throw new InvalidOperationException("The two normalizers disagree, or the platform's does nothing (invariant globalization).");
        }
    }

    [Benchmark(Baseline = true)]
    public int StringNormalize() => _utf16.Normalize().Length;

    [Benchmark]
    public int ToNfc() => TextNormalizer.ToNfc(_utf8, _scratch).Length;
}
