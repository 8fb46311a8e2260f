using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class TokenizerBatchTests
{
    private static readonly Tokenizer s_tokenizer = new(TestModels.Small(special: "<|end|>"));
    private static readonly EncodeOptions s_options = new() { AddBos = true, AddEos = true, AllowedSpecial = ["<|end|>"] };

    [Fact]
    public void EncodeBatch_AnyTextsAndDegree_SameAsOneByOne() =>
        Gen.Select(TestTexts.Text.Array[0, 60], Gen.Int[1, 5], Gen.Bool).Sample((texts, degree, special) =>
        {
            EncodeOptions? options = special ? s_options : null;
            int[][] expected = [.. texts.Select(text => s_tokenizer.Encode(text, options))];
            TokenBatch batch = s_tokenizer.EncodeBatch(texts, options, degree, TestContext.Current.CancellationToken);
            Assert.Equal(expected, batch.ToArrays());
            Assert.Equal(expected.SelectMany(ids => ids), batch.Ids.ToArray());
            ReadOnlyMemory<byte>[] utf8 = [.. texts.Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text)))];
            TokenBatch same = s_tokenizer.EncodeBatch(utf8, options, degree, TestContext.Current.CancellationToken);
            Assert.Equal(batch.Ids.ToArray(), same.Ids.ToArray());
            Assert.Equal(batch.Offsets.ToArray(), same.Offsets.ToArray());
        }, iter: 100);

    [Fact]
    public void EncodeBatch_ManyBlocks_KeepsTheOrder()
    {
        string[] texts = [.. Enumerable.Range(0, 3_000).Select(i => string.Concat(Enumerable.Repeat("the thing 中文 123 ", (i * 7919 % 40) + 1)) + i)];
        TokenBatch batch = s_tokenizer.EncodeBatch(texts, null, 8, TestContext.Current.CancellationToken);
        Assert.Equal(texts.Length, batch.Count);
        Assert.Equal(texts.Length + 1, batch.Offsets.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.True(batch[i].SequenceEqual(s_tokenizer.Encode(texts[i])));
            Assert.Equal(batch.Offsets.Span[i + 1] - batch.Offsets.Span[i], batch[i].Length);
        }
    }

    [Fact]
    public void EncodeBatch_NoTexts_IsEmpty()
    {
        TokenBatch batch = s_tokenizer.EncodeBatch(Array.Empty<string>(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(0, batch.Count);
        Assert.Empty(batch.ToArrays());
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[0].Length);
    }

    [Fact]
    public void EncodeBatch_FaultyTexts_NamesTheFirst()
    {
        string[] texts = [.. Enumerable.Repeat(new string('a', 20_000), 200)];
        texts[150] = "x\uD800";
        texts[31] = "ab\uDC00";
        for (int i = 0; i < 20; i++)
        {
            var error = Assert.Throws<ArgumentException>(() => s_tokenizer.EncodeBatch(texts, null, 4, TestContext.Current.CancellationToken));
            Assert.Contains("Text 31 of the batch", error.Message, StringComparison.Ordinal);
            Assert.Contains("index 2,", error.Message, StringComparison.Ordinal);
        }

        texts[3] = null!;
        Assert.Contains("Text 3 of", Assert.Throws<ArgumentException>(() => s_tokenizer.EncodeBatch(texts, null, 4, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void EncodeBatch_BadDegree_IsRefused(int degree) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizer.EncodeBatch(["a"], null, degree, TestContext.Current.CancellationToken));

    [Fact]
    public void EncodeBatch_UnknownSpecialToken_IsToldAsSuch()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            s_tokenizer.EncodeBatch(["a"], new EncodeOptions { AllowedSpecial = ["<x>"] }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("The model has no special token '<x>'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeBatch_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        // The list itself cancels when it is asked for a text in the middle, so no clock is needed.
        var texts = new CancellingList(source, 10_000);
        Assert.ThrowsAny<OperationCanceledException>(() => s_tokenizer.EncodeBatch(texts, null, 2, source.Token));
        Assert.InRange(texts.Encoded, 0, 9_000);
    }

    private sealed class CancellingList(CancellationTokenSource source, int count) : IReadOnlyList<string>
    {
        private int _asked;

        public int Count => count;

        // The first two passes only measure.
        public int Encoded => Volatile.Read(ref _asked) - (2 * count);

        public string this[int index]
        {
            get
            {
                if (Interlocked.Increment(ref _asked) == (2 * count) + 100)
                {
                    source.Cancel();
                }

                return "the thing in 中文 the thing in the thing in the thing in the thing";
            }
        }

        public IEnumerator<string> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw new NotSupportedException();
    }
}
