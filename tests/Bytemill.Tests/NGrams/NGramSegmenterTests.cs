using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class NGramSegmenterTests
{
    private static readonly string[] s_words = ["ab", "abc", "中文", "b ", "é", "文中"];

    [Fact]
    public void Segment_AnyModelAndChunk_IsTheTextbookPath() =>
        Gen.Select(NGramGen.Chunks(6, 60), NGramGen.Chunks(4, 400), Gen.Int[1, 8], Gen.Long[1, 4], Gen.Bool, Gen.Int[0, 1]).Sample(
            (training, chunks, order, minCount, ensureUnicode, wide) =>
            {
                var steps = new NGramSteps { Order = order, MinCount = minCount, IndexBytes = 4 * wide };
                PlainNGrams plain = steps.Plain(training);
                using NGramModel model = steps.Model(training);
                using var segmenter = new NGramSegmenter(model, ensureUnicode);
                using var portable = new NGramSegmenter(model, ensureUnicode, useVectors: false);
                byte[][] all = [.. chunks, .. training, []];
                int[][] expected = Array.ConvertAll(all, chunk => chunk.Length == 0 ? [] : plain.Segment(chunk, ensureUnicode));
                for (int i = 0; i < all.Length; i++)
                {
                    Assert.Equal(expected[i], Segment(segmenter, all[i]));
                    Assert.Equal(expected[i], Segment(portable, all[i]));
                }

                byte[] text = [.. all.SelectMany(chunk => chunk)];
                int[] starts = [.. all.Select((_, i) => all[..i].Sum(chunk => chunk.Length))];
                int[] ends = new int[text.Length];
                int pieces = segmenter.Segment(text, [.. starts.Zip(all, (start, chunk) => start + chunk.Length)], ends);
                Assert.Equal(expected.SelectMany((chunkEnds, i) => chunkEnds.Select(end => starts[i] + end)), ends[..pieces]);
            },
            iter: 200);

    [Theory]
    [InlineData(6, 0)]
    [InlineData(6, 4)]
    [InlineData(3, 0)]
    [InlineData(8, 4)]
    [InlineData(8, 0)]
    public void Segment_TextOfManyWindows_IsTheTextbookPath(int order, int indexBytes)
    {
        // Words of few letters in a skewed order; chunks from one byte to more than two windows, so that both meet in every way.
        var random = new Random(7);
        byte[] Text(int length) => System.Text.Encoding.UTF8.GetBytes(string.Concat(
            Enumerable.Range(0, length / 4).Select(_ => s_words[(int)(6 * Math.Pow(random.NextDouble(), 2))])));
        byte[][] chunks = [Text(24_000), Text(1), Text(9_000), .. Enumerable.Range(0, 60).Select(i => Text(4 + (i * 7))), Text(17_000)];
        var steps = new NGramSteps { Order = order, MinCount = 30, IndexBytes = indexBytes };
        PlainNGrams plain = steps.Plain(chunks);
        using NGramModel model = steps.Model(chunks);
        byte[] text = [.. chunks.SelectMany(chunk => chunk)];
        int[] starts = [.. chunks.Select((_, i) => chunks[..i].Sum(chunk => chunk.Length))];
        int[] chunkEnds = [.. starts.Zip(chunks, (start, chunk) => start + chunk.Length)];
        int[] expected = [.. chunks.SelectMany((chunk, i) => chunk.Length == 0 ? [] : plain.Segment(chunk, true).Select(end => starts[i] + end))];
        foreach (int windowBytes in (int[])[100, NGramSegmenter.UsualWindowBytes, 5000, 1 << 17])
        {
            foreach (bool useVectors in new[] { true, false })
            {
                int[] ends = new int[text.Length];
                using var segmenter = new NGramSegmenter(model, true, useVectors, windowBytes);
                int pieces = segmenter.Segment(text, chunkEnds, ends);
                Assert.Equal(expected, ends[..pieces]);
            }
        }
    }

    [Fact]
    public void Segment_ContinuationByteWhoseCharacterWasPruned_FallsIntoSingleBytes()
    {
        // 中 occurs once: its bigrams are pruned, and no piece may begin inside it. No path is left from there on.
        byte[][] training = ["abab"u8.ToArray(), "abab中"u8.ToArray()];
        using NGramModel model = new NGramSteps().Model(training);
        byte[] text = "abab中ab"u8.ToArray();
        Assert.Equal([4, 5, 6, 7, 8, 9], Segment(new NGramSegmenter(model, ensureUnicode: true), text, text.Length)[^6..]);
    }

    [Fact]
    public void Segment_EmptyChunk_ReturnsNoPieces()
    {
        using NGramModel model = new NGramSteps().Model([[1]]);
        using var segmenter = new NGramSegmenter(model, true);
        Assert.Equal(0, segmenter.Segment([], []));
    }

    [Fact]
    public void Segment_TooLittleRoom_Throws()
    {
        using NGramModel model = new NGramSteps().Model([[1]]);
        using var segmenter = new NGramSegmenter(model, true);
        Assert.Throws<ArgumentException>(() => segmenter.Segment([1, 2], new int[1]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    [InlineData]
    public void Segment_ChunkEndsThatDoNotAscendToTheEnd_Throws(params int[] chunkEnds)
    {
        using NGramModel model = new NGramSteps().Model([[1]]);
        using var segmenter = new NGramSegmenter(model, true);
        Assert.Throws<ArgumentException>(() => segmenter.Segment([1, 2], chunkEnds, new int[2]));
    }

    [Fact]
    public void Open_AnyModel_SegmentsAndScoresAsTheCopy() =>
        Gen.Select(NGramGen.Chunks(6, 60), NGramGen.Chunks(4, 400), Gen.Int[1, 8], Gen.Long[1, 4], Gen.Int[0, 1], Gen.Int[8, 500]).Sample(
            (training, chunks, order, minCount, wide, windowBytes) =>
            {
                var steps = new NGramSteps { Order = order, MinCount = minCount, IndexBytes = 4 * wide };
                byte[] bytes = steps.Build(steps.Merge(steps.Count(training))).File;
                using NGramModel copy = NGramModel.Read(new MemoryStream(bytes));
                using NGramModel model = NGramModels.OpenFile(bytes);
                Assert.Equal(copy.NGramsByOrder, model.NGramsByOrder);
                byte[][] all = [.. chunks, .. training, []];
                byte[] text = [.. all.SelectMany(chunk => chunk)];
                int[] chunkEnds = [.. all.Select((_, i) => all[..(i + 1)].Sum(chunk => chunk.Length))];
                Assert.Equal(
                    Segment(new NGramSegmenter(copy, true), text, chunkEnds),
                    Segment(new NGramSegmenter(model, true, windowBytes), text, chunkEnds));
                for (int i = 0; i < Math.Min(text.Length, 100); i++)
                {
                    ReadOnlySpan<byte> ngram = text.AsSpan(i, Math.Min(1 + (i % order), text.Length - i));
                    Assert.Equal(copy.Score(ngram), model.Score(ngram));
                }
            },
            iter: 100);

    [Theory]
    [InlineData(6, 0)]
    [InlineData(5, 4)]
    public void Open_TablesOfManyReads_SegmentAsTheCopyOnAllThreads(int order, int indexBytes)
    {
        // Random bytes make tables of some megabytes, whose parts are read one after another, and with small windows far apart.
        var random = new Random(11);
        byte[] training = new byte[200_000];
        random.NextBytes(training);
        var steps = new NGramSteps { Order = order, MinCount = 1, IndexBytes = indexBytes };
        byte[] bytes = steps.Build(steps.Merge(steps.Count([training]))).File;
        Assert.True(bytes.Length > 20 * NGramTableReader.BufferBytes);
        using NGramModel copy = NGramModel.Read(new MemoryStream(bytes));
        using NGramModel model = NGramModels.OpenFile(bytes);

        // Half of it known, so that looks end in every way.
        byte[] text = [.. training[50_000..100_000], .. new byte[1000], .. training[..20_000].Reverse()];
        int[] expected = Segment(new NGramSegmenter(copy, false), text, text.Length);
        Parallel.ForEach((int[])[100, 2048, 20_000, 1 << 20], windowBytes =>
            Assert.Equal(expected, Segment(new NGramSegmenter(model, false, windowBytes), text, text.Length)));
    }

    // Of a segmenter that serves once.
    private static int[] Segment(NGramSegmenter segmenter, byte[] text, params int[] chunkEnds)
    {
        using (segmenter)
        {
            int[] ends = new int[text.Length];
            return ends[..segmenter.Segment(text, chunkEnds, ends)];
        }
    }

    private static int[] Segment(NGramSegmenter segmenter, byte[] chunk)
    {
        int[] ends = new int[chunk.Length + 3];
        return ends[..segmenter.Segment(chunk, ends)];
    }
}
