using System.Text;
using Bytemill.Tokenization;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class NGramModelTests
{
    private static readonly Gen<(byte[][] Chunks, NGramSteps Steps)> s_cases =
        Gen.Select(
            NGramGen.Chunks(6, 60),
            Gen.Int[1, 8],
            Gen.Long[1, 4],
            NGramGen.Ranges,
            Gen.Int[1, 5],
            Gen.Select(Gen.Int[0, 2].Select(i => new[] { 0L, 700L, 1L << 16 }[i]), Gen.Int[2, 4], Gen.Int[1, 3]),
            (chunks, order, minCount, ranges, partitions, limits) => (chunks, new NGramSteps
            {
                Order = order,
                MinCount = minCount,
                Ranges = ranges,
                Partitions = partitions,
                BufferBytes = limits.Item1,
                FanIn = limits.Item2,
                MemoryBytes = 0,
                Threads = limits.Item3,
            }));

    [Fact]
    public void Build_AnyCutsAndLimits_HasTheTextbookScores() => s_cases.Sample(AssertSameScores, iter: 300);

    [Fact]
    public void Build_AnyCutsAndLimits_GivesTheSameBytes() => s_cases.Sample(
        test =>
        {
            var whole = new NGramSteps { Order = test.Steps.Order, MinCount = test.Steps.MinCount };
            byte[] expected = whole.Build(whole.Merge(whole.Count(test.Chunks))).File;
            Assert.Equal(expected, test.Steps.Build(test.Steps.Merge(test.Steps.Count(test.Chunks))).File);
        },
        iter: 200);

    [Theory]
    [InlineData(6, 0)]
    [InlineData(8, 4)]
    public void Build_MoreThanTheMemoryHolds_GivesTheSameBytes(int order, int indexBytes)
    {
        // About 300 kB of tables and more of records, through pools of 16 kB.
        var random = new Random(3);
        byte[][] chunks = [.. Enumerable.Range(0, 60).Select(_ => Array.ConvertAll(new byte[200], _ => (byte)random.Next(random.Next(1, 40))))];
        var ranges = new KeyRanges([0, 2UL << 56, (7UL << 56) + (3UL << 48), 20UL << 56]);
        var steps = new NGramSteps { Order = order, MinCount = 1, IndexBytes = indexBytes, MemoryBytes = 1 << 28 };
        byte[] expected = steps.Build(steps.Merge(steps.Count(chunks))).File;
        Assert.True(expected.Length > 300_000);
        foreach (int threads in new[] { 1, 2, 3 })
        {
            NGramSteps small = steps with { Ranges = ranges, Partitions = 2, MemoryBytes = 64 << 10, Threads = threads };
            Assert.Equal(expected, small.Build(small.Merge(small.Count(chunks))).File);
        }
    }

    [Fact]
    public void Build_ThreadsThatFail_EndWithTheFirstError()
    {
        var steps = new NGramSteps { Threads = 3 };
        IReadOnlyList<RunOpener> slices = steps.Merge(steps.Count(["abcabcabcabc"u8.ToArray()]));
        Assert.Throws<IOException>(() => steps.Build([slices[0], () => throw new IOException("gone")]));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => NGramModelBuilder.Build(
            slices, steps.Order, steps.MinCount, new MemoryScratchSpace(), new MemoryStream(), 0, 3, stop.Token));
    }

    [Fact]
    public void Insert_AnyOrder_KeepsSlotsSortedAndHandsOnTheSurplus() => Gen.ULong.Array[1, 60].Sample(keys =>
    {
        // Two pieces of a crowded table; keys of 8 bytes, the largest hash among them.
        ulong[] hashes = [.. keys.Append(ulong.MaxValue).Distinct()];
        byte[] expected = Pieces(hashes.Order(), hashes.Length, hashes.Length);
        Assert.Equal(expected, Pieces(hashes, hashes.Length, hashes.Length / 2));
        Assert.Equal(expected, Pieces(hashes.OrderDescending(), hashes.Length, hashes.Length / 3));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    public void Build_TailsAndZeroBytes_AreToldApart(int order)
    {
        // "a" at a chunk's end and "a\0" have the same padded key.
        byte[][] chunks = [[97], [97, 0], [97, 0, 0], [0], [0, 0], new byte[20], [97, 0, 0, 0, 0, 0, 0, 0, 0, 97]];
        AssertSameScores((chunks, new NGramSteps { Order = order, Partitions = 2, Ranges = new KeyRanges([0, 1, 97UL << 56, (97UL << 56) + 1]) }));
    }

    [Fact]
    public void Build_ManyShardsInsideOnePrefix_SumsItsParts()
    {
        byte[][] chunks = [.. Enumerable.Range(0, 200).Select(i => new byte[] { 97, 98, 99, (byte)i, (byte)(i / 2), 7, 8, 9 })];
        ulong prefix = KeyRanges.KeyOf("abc"u8);
        // minCount is met by the whole of "abc" and by none of its parts.
        var ranges = new KeyRanges([0, .. Enumerable.Range(1, 20).Select(i => prefix + ((ulong)i << 35))]);
        AssertSameScores((chunks, new NGramSteps { MinCount = 150, Ranges = ranges, Partitions = 3, FanIn = 2 }));
    }

    [Fact]
    public void Build_CountsBeyond32Bits_AreExact()
    {
        long big = (1L << 40) + 1;
        RunOpener run = WriteRun(("abc", big), ("bc", big), ("c", big - 2));
        var steps = new NGramSteps { Order = 3, MinCount = big };
        (NGramModelSummary summary, byte[] file) = steps.Build(steps.Merge([run, run, WriteRun(("c", 3))]));
        using NGramModel model = NGramModel.Read(new MemoryStream(file));
        long total = (6 * big) - 1 + 253;
        Assert.Equal(total, summary.Total);
        Assert.Equal([256, 2, 1], summary.NGramsByOrder);
        Assert.Equal(ExactLog.Ln((2 * big) - 1) - ExactLog.Ln(total), model.Score("c"u8));
        Assert.Equal(0, model.Score("abc"u8));
        Assert.Equal(ExactLog.Ln(1) - ExactLog.Ln(total), model.Score("z"u8));
    }

    [Fact]
    public void Merge_SumBeyond63Bits_Throws()
    {
        RunOpener run = WriteRun(("abc", long.MaxValue - 5));
        var steps = new NGramSteps { Order = 3 };
        Assert.Throws<OverflowException>(() => steps.Merge([run, WriteRun(("abc", 6))]));
        Assert.Throws<OverflowException>(() => steps.Merge([run, WriteRun(("abd", 6))]));
        Assert.Throws<OverflowException>(() => steps.Merge([run, WriteRun(("xyz", 6))]));
        Assert.Throws<OverflowException>(() => steps.Build(steps.Merge([run])));
    }

    [Fact]
    public void Build_NoText_Throws()
    {
        var steps = new NGramSteps();
        Assert.Throws<InvalidOperationException>(() => steps.Build(steps.Merge(steps.Count([]))));
    }

    [Fact]
    public void Build_SlicesOutOfOrderRepeatedOrMissing_Throws()
    {
        byte[][] chunks = [.. Enumerable.Range(0, 50).Select(i => Encoding.UTF8.GetBytes($"one {i} two {i % 7} three"))];
        var steps = new NGramSteps { Ranges = new KeyRanges([0, KeyRanges.KeyOf("e"u8), KeyRanges.KeyOf("o"u8)]) };
        IReadOnlyList<RunOpener> slices = steps.Merge(steps.Count(chunks));
        Assert.Throws<RunFormatException>(() => steps.Build([slices[1], slices[0], slices[2]]));
        Assert.Throws<RunFormatException>(() => steps.Build([slices[0], slices[0], slices[1], slices[2]]));
        Assert.Throws<RunFormatException>(() => steps.Build([slices[0], slices[2]]));
        Assert.Throws<RunFormatException>(() => (steps with { Order = 5 }).Build(slices));
    }

    [Fact]
    public void ReadersOfAnyFile_OneByteChanged_RefuseIt()
    {
        var steps = new NGramSteps { Order = 3 };
        IReadOnlyList<RunOpener> runs = steps.Count(["abcabcabc"u8.ToArray(), "bca"u8.ToArray()]);
        IReadOnlyList<RunOpener> slices = steps.Merge(runs);
        byte[] model = steps.Build(slices).File;
        AssertRefused(RunFiles.Bytes(runs[0]), bytes => steps.Merge([() => new MemoryStream(bytes)]));
        AssertRefused(RunFiles.Bytes(slices[0]), bytes => steps.Build([() => new MemoryStream(bytes)]));
        AssertRefused(model, bytes => NGramModel.Read(new MemoryStream(bytes)).Dispose());
        AssertRefused(model, bytes => NGramModels.OpenFile(bytes).Dispose());

        static void AssertRefused(byte[] file, Action<byte[]> read)
        {
            read(file);
            for (int i = 0; i < file.Length; i += 1 + (file.Length / 500))
            {
                byte[] changed = [.. file];
                changed[i] ^= 0x10;
                Assert.Throws<RunFormatException>(() => read(changed));
                Assert.Throws<RunFormatException>(() => read(file[..i]));
            }
        }
    }

    [Fact]
    public void WriteTo_Twice_StartsAnew()
    {
        using var counter = new NGramCounter(2, KeyRanges.Whole, 0, new MemoryScratchSpace());
        counter.Add(new byte[100]);
        Assert.Equal(100, counter.BytesAdded);
        byte[] first = RunFiles.Bytes(RunFiles.Write(output => Assert.Equal(100, counter.WriteTo(output).Total)));
        Assert.Equal(0, counter.BytesAdded);
        counter.Add(new byte[100]);
        Assert.Equal(first, RunFiles.Bytes(RunFiles.Write(output => counter.WriteTo(output))));
        RunFiles.Write(output => Assert.Equal(0, counter.WriteTo(output).Entries));
    }

    [Fact]
    public void Sort_AnyKeys_SortsThem() =>
        Gen.Select(Gen.ULong.Array[0, 3000], Gen.Int[0, 7], Gen.ULong, Gen.Int[1, 20]).Sample(
            (keys, lowest, mask, repeat) =>
            {
                // Beyond the length sorted within the cache, with parts that are and are not.
                ulong[] many = [.. Enumerable.Repeat(keys, repeat).SelectMany((part, i) => part.Select(key => (key + (ulong)i) & mask & (ulong.MaxValue << (8 * lowest))))];
                ulong[] sorted = [.. many];
                Sort(sorted, lowest);
                Array.Sort(many);
                Assert.Equal(many, sorted);
            },
            iter: 60);

    private static unsafe byte[] Pieces(IEnumerable<ulong> hashes, long capacity, long cut)
    {
        using var first = new NGramModelPiece(new NGramModelTable(null, capacity, 8, sizeof(ushort), 0), cut, slack: 2);
        using var second = new NGramModelPiece(new NGramModelTable(null, capacity, 8, sizeof(ushort), cut), capacity - cut, slack: 2);
        ushort* indexes = stackalloc ushort[6] { 1, 2, 3, 4, 5, 6 };
        foreach (ulong hash in hashes)
        {
            indexes[5] = (ushort)(1 + (hash % 1000));
            (NGramModelLayout.Share(hash, capacity) < cut ? first : second).Insert(hash, (byte*)indexes);
        }

        first.MoveSurplusTo(second);
        return [.. first.Bytes(cut), .. second.Bytes(second.UsedSlots)];
    }

    private static unsafe void Sort(ulong[] keys, int lowestByte)
    {
        ulong[] temp = new ulong[keys.Length];
        fixed (ulong* pointer = keys)
        fixed (ulong* room = temp)
        {
            KeySorter<ulong>.Sort(pointer, room, keys.Length, lowestByte, 7);
        }
    }

    private static RunOpener WriteRun(params (string NGram, long Count)[] entries) => RunFiles.Write(output =>
    {
        using var codec = new BlockCodec();
        using var run = new RunWriter(output, RunKind.NGramRun, codec);
        using var writer = new NGramWriter(run.Segment);
        foreach ((string ngram, long count) in entries)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(ngram);
            writer.Write(KeyRanges.KeyOf(bytes), bytes.Length, count);
        }

        run.EndSegment();
        run.Finish();
    });

    private static void AssertSameScores((byte[][] Chunks, NGramSteps Steps) test)
    {
        PlainNGrams plain = test.Steps.Plain(test.Chunks);
        (NGramModelSummary summary, byte[] file) = test.Steps.Build(test.Steps.Merge(test.Steps.Count(test.Chunks)));
        using NGramModel model = NGramModel.Read(new MemoryStream(file));
        Assert.Equal(plain.Total, summary.Total);
        Assert.Equal(plain.Total, model.Total);
        Assert.Equal(file.Length, summary.LengthBytes);
        Assert.Equal(plain.Scores.Count, summary.NGramsByOrder.Sum());
        foreach ((string ngram, double score) in plain.Scores)
        {
            Assert.Equal(score, model.Score(Encoding.Latin1.GetBytes(ngram)));
        }
    }
}
