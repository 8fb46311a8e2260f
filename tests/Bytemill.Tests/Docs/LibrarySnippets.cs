using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Bytemill.MLTokenizers;
using Bytemill.Tokenization;
using Tokenizer = Bytemill.Tokenization.Tokenizer;

#pragma warning disable xUnit1051, IDE1006 // The page shows calls and names as a program has them, not as a test does.

namespace Bytemill.Tests;

/// <summary>The C# of <c>docs/library.md</c> and of the packages' pages, line for line: <see cref="LibraryPageTests"/> compares them.</summary>
public class LibrarySnippets
{
    private static readonly Tokenizer tokenizer = new(TestModels.Small());
    private static readonly TokenizerModel model = tokenizer.Model;

    // Compiled only: there is no file.
    internal static string LoadAndUse()
    {
        Tokenizer tokenizer = Tokenizer.Load("model.bytemill");
        int[] ids = tokenizer.Encode("Free software, 自由软件");
        string text = tokenizer.DecodeToString(ids);
        return text;
    }

    internal static Tokenizer OtherFormats()
    {
        TokenizerModel model = ModelFormats.ReadFile("tokenizer.json");
        var other = new Tokenizer(model);
        using (FileStream file = File.Create("spm.model"))
        {
            ModelFormats.Write(model, ModelFormat.SentencePiece, file);
        }

        return other;
    }

    internal static Tokenizer Compile()
    {
        using (FileStream file = File.Create("model.bytemillc"))
        {
            tokenizer.WriteCompiled(file);
        }

        Tokenizer mapped = Tokenizer.Load("model.bytemillc");
        return mapped;
    }

    internal static IReadOnlyList<int> LoadAdapter()
    {
        BytemillTokenizer tokenizer = BytemillTokenizer.Load("model.bytemill", new EncodeOptions { AddBos = true });
        IReadOnlyList<int> ids = tokenizer.EncodeToIds("Free software, 自由软件", maxTokenCount: 512, out string? normalized, out int charsConsumed);
        int count = tokenizer.CountTokens("Free software");
        return count + charsConsumed > 0 && normalized is not null ? ids : [];
    }

    [Fact]
    public void Sampling()
    {
        TokenSampler sampler = tokenizer.CreateSampler(new SamplingOptions { Alpha = 0.2 });
        int[] ids = sampler.Sample("the thing", seed: 1);
        Assert.Equal("the thing", tokenizer.DecodeToString(ids));
    }

    [Fact]
    public void Continuing()
    {
        PromptContinuation prompt = tokenizer.Continue("the thing in th");
        var context = new List<int>(prompt.Kept);
        ContinuationStep step = prompt.Next;
        while (!step.HeldBack.IsEmpty)
        {
            int id = ChooseNext(context, step.Allows); // the language model's most probable id of those that are allowed
            context.Add(id);
            step = step.Choose(id);
        }

        Assert.StartsWith("the thing in th", tokenizer.DecodeToString(context.ToArray()), StringComparison.Ordinal);

        // A language model that likes short pieces.
        static int ChooseNext(List<int> context, Func<int, bool> allows) =>
            Enumerable.Range(Vocabulary.FirstPieceId, tokenizer.Model.Vocabulary.Count - Vocabulary.FirstPieceId).First(allows);
    }

    [Fact]
    public void Spans()
    {
        // Into a buffer that is used again: nothing is allocated once it has grown.
        var ids = new ArrayBufferWriter<int>();
        foreach (string line in (string[])["the thing", "in 中文"])
        {
            ids.ResetWrittenCount();
            tokenizer.Encode(line, ids);
            Console.WriteLine(ids.WrittenCount);
        }

        // Into memory of your own.
        ReadOnlySpan<byte> utf8 = "the thing"u8;
        Span<int> room = stackalloc int[tokenizer.GetMaxTokenCount(utf8.Length)];
        if (tokenizer.TryEncode(utf8, room, out int written))
        {
            ReadOnlySpan<int> few = room[..written];
            byte[] bytes = tokenizer.Decode(few);
            Console.WriteLine(Encoding.UTF8.GetString(bytes));
        }

        long count = tokenizer.CountTokens("the thing");
        Assert.Equal(written, count);
        Assert.Equal(tokenizer.Encode("in 中文"), ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Offsets()
    {
        string text = "the thing";
        foreach (TokenSpan token in tokenizer.EncodeWithOffsets(text))
        {
            Console.WriteLine($"{token.Id}: {text[token.Start..token.End]}");
        }

        Assert.Equal(tokenizer.Encode(text).Length, tokenizer.EncodeWithOffsets(text).Length);
    }

    [Fact]
    public void Batch()
    {
        string[] texts = ["the thing", "", "in 中文"];
        TokenBatch batch = tokenizer.EncodeBatch(texts, maxDegreeOfParallelism: 4);
        ReadOnlySpan<int> third = batch[2];
        ReadOnlyMemory<int> all = batch.Ids;          // one flat array …
        ReadOnlyMemory<int> offsets = batch.Offsets;  // … and where each text begins in it
        int[][] arrays = batch.ToArrays();
        Assert.Equal(arrays[2], third.ToArray());
        Assert.Equal((all.Length, 4), (arrays.Sum(ids => ids.Length), offsets.Length));
    }

    [Fact]
    public void Streams()
    {
        using Stream input = new MemoryStream("the thing in 中文\n"u8.ToArray());
        StreamingEncoder encoder = tokenizer.CreateStreamingEncoder();
        var ids = new ArrayBufferWriter<int>();
        byte[] part = new byte[4096];
        for (int read = input.Read(part); read > 0; read = input.Read(part))
        {
            encoder.Append(part.AsSpan(0, read), ids); // the ids that no further text can change
        }

        encoder.Complete(ids);

        StreamingDecoder decoder = tokenizer.CreateStreamingDecoder();
        foreach (int id in ids.WrittenSpan)
        {
            Console.Write(decoder.Append(id)); // whole characters only
        }

        Console.Write(decoder.Complete());
        Assert.Equal(tokenizer.Encode("the thing in 中文\n"), ids.WrittenSpan.ToArray());
    }

    [Fact]
    public void Special()
    {
        var chat = new Tokenizer(model.WithSpecialTokens("<|user|>", "<|end|>"));
        var trusted = new EncodeOptions { AddBos = true, AllowedSpecial = ["<|user|>", "<|end|>"] };

        int[] prompt =
        [
            .. chat.Encode("<|user|>", trusted),      // your own text: names count
            .. chat.Encode("what is <|end|>?"),       // text from outside: it stays text
            .. chat.Encode("<|end|>", trusted with { AddBos = false }),
        ];
        string shown = chat.DecodeWithSpecialTokens(prompt);
        Assert.Equal("<bos><|user|>what is <|end|>?<|end|>", shown);
        Assert.Equal(3, prompt.Count(chat.IsSpecial));
    }

    [Fact]
    public void Best()
    {
        ImmutableArray<Segmentation> best = tokenizer.NBest("the thing", 3);
        foreach (Segmentation one in best)
        {
            Console.WriteLine($"{one.LogProbability:0.00}: {string.Join('|', one.Ids.Select(id => tokenizer.DecodeToString([id])))}");
        }

        double logProbability = tokenizer.LogProbability(best[0].Ids.AsSpan());
        Assert.Equal(best[0].LogProbability, logProbability);
    }

    [Fact]
    public void Measure()
    {
        var statistics = new TokenStatistics(tokenizer.Model.Vocabulary);
        foreach (string text in (string[])["the thing", "in 中文"])
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            statistics.Add(utf8, tokenizer.Encode(utf8));
        }

        var usage = new VocabularyUsage(statistics);
        Console.WriteLine($"{usage.Totals.BytesPerToken:0.000} bytes per token, Rényi efficiency {usage.RenyiEfficiency:0.000}");
        Assert.Equal(2, usage.Totals.Texts);
    }
}
