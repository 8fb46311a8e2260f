using System.Buffers.Binary;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class NGramCountingTests
{
    private static readonly Gen<byte[]> s_chunk = Gen.OneOf(
        Gen.Byte[97, 100].Array[1, 60],
        Gen.Byte.Array[1, 30],
        Gen.Byte[0, 1].Array[1, 300],
        Gen.Select(Gen.Byte, Gen.Int[1, 900], (value, length) => Enumerable.Repeat(value, length).ToArray()));

    [Fact]
    public void WriteTo_AnyTextOrderBufferAndRanges_CountsAsPlainly() =>
        Gen.Select(s_chunk.Array[0, 30], Gen.Int[1, 8], Gen.Int[0, 3], Gen.ULong.Array[0, 4]).Sample(
            (chunks, order, buffer, cuts) =>
            {
                KeyRanges ranges = new([.. cuts.Append(0UL).Distinct().Order()]);
                RunOpener run = Count(chunks, order, ranges, new long[] { 0, 700, 5000, 1 << 20 }[buffer]);
                AssertCounts(chunks, order, ranges, run);
            },
            iter: 150);

    [Fact]
    public void WriteTo_AnyBuffer_WritesTheSameBytes() =>
        Gen.Select(s_chunk.Array[1, 20], Gen.Int[1, 8], Gen.Long[0, 20_000]).Sample(
            (chunks, order, buffer) => Assert.Equal(
                RunFiles.Bytes(Count(chunks, order, KeyRanges.Whole, 1 << 20)), RunFiles.Bytes(Count(chunks, order, KeyRanges.Whole, buffer))),
            iter: 100);

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void WriteTo_OneKeyLargerThanTheRoom_CountsIt(int order)
    {
        // Zeros: a tail's padding looks like the full n-gram.
        byte[][] chunks = [new byte[3000], new byte[3], [.. Enumerable.Repeat((byte)255, 2000)], [0, 0, 0, 0, 0, 0, 0, 1], new byte[500]];
        AssertCounts(chunks, order, KeyRanges.Whole, Count(chunks, order, KeyRanges.Whole, 13_000));
    }

    [Fact]
    public void WriteTo_KeysSharingTheirFirstBytes_CountsThem()
    {
        // More than a cacheful in one slot, and more than the room in one of two bytes.
        var random = new Random(7);
        byte[] text = [.. Enumerable.Range(0, 200_000).Select(i => i % 3 == 2 ? (byte)random.Next(256) : (byte)'a')];
        foreach (long buffer in new long[] { 500_000, 4 << 20 })
        {
            AssertCounts([text], 6, KeyRanges.Whole, Count([text], 6, KeyRanges.Whole, buffer));
            AssertCounts([text], 8, KeyRanges.Whole, Count([text], 8, KeyRanges.Whole, buffer));
        }
    }

    [Fact]
    public void Add_UpToFourNinths_DoesNotSpill()
    {
        const int BufferBytes = 9 * 64 * 16;
        using var counter = new NGramCounter(6, KeyRanges.Whole, BufferBytes, new MemoryScratchSpace());
        counter.Add(new byte[BufferBytes / 9 * 4]);
        Assert.Equal(0, counter.Spills);
        counter.Add([1]);
        Assert.Equal(1, counter.Spills);
    }

    [Fact]
    public void Dispose_Twice_IsAllowed()
    {
        var counter = new NGramCounter(6, KeyRanges.Whole, 0, new MemoryScratchSpace());
        counter.Dispose();
        counter.Dispose();
        Assert.Throws<ObjectDisposedException>(() => counter.Add([1]));
    }

    [Theory]
    [InlineData(0, NGramText.SmallestBytes)]
    [InlineData(NGramText.SmallestBytes, NGramText.SmallestBytes)]
    [InlineData(100_003, 100_000)]
    [InlineData((4 << 20) + 1, 4 << 20)]
    public unsafe void NGramText_AnySize_KeepsTextMarksAndRoomInIt(long bytes, long block)
    {
        using var text = new NGramText(6, bytes);
        Assert.Equal(block, text.BlockBytes);
        int taken = text.Add(new byte[block]);
        Assert.InRange(taken + (taken / 8.0), 0, block / 2);
        text.Room(out long room);
        Assert.InRange(room, block / 2, block - taken - (taken / 8));
    }

    [Fact]
    public void NGramWriter_CountsOfEverySize_ReadBack()
    {
        long[] counts = [1, 2, 3, 4, 5, 257, 258, 259, 260, 1L << 40];
        var entries = new List<(ulong Key, int Length, long Count)>();
        for (int i = 0; i < 3 * NGramBlock.Entries / 2; i++)
        {
            int length = 1 + (i % 8);
            ulong key = ((ulong)(i / 8) << 16 << (8 * (i % 3))) * 0x100000001UL;
            entries.Add((key & PackedNGram.Mask(length), length, counts[i % counts.Length]));
        }

        entries = [.. entries.DistinctBy(entry => (entry.Key, entry.Length)).OrderBy(entry => entry.Key).ThenBy(entry => entry.Length)];
        RunOpener run = Write(writer => entries.ForEach(entry => writer.Write(entry.Key, entry.Length, entry.Count)));
        Assert.Equal(entries, Read(run, 0));
    }

    [Fact]
    public void NGramWriter_ManyAtOnce_WritesTheBytesOfOneByOne()
    {
        ulong[] keys = [.. Enumerable.Range(0, 40_000).Select(i => (ulong)((long)i * i) << 20)];
        long[] counts = [.. keys.Select((_, i) => i % 7 == 0 ? 1000L + i : 1 + (i % 300))];
        long[] ends = new long[counts.Length];
        long end = 5;
        for (int i = 0; i < counts.Length; i++)
        {
            end += counts[i];
            ends[i] = end;
        }

        byte[] many = RunFiles.Bytes(Write(writer => writer.Write(keys, 8, ends, 5)));
        byte[] single = RunFiles.Bytes(Write(writer =>
        {
            for (int i = 0; i < keys.Length; i++)
            {
                writer.Write(keys[i], 8, counts[i]);
            }
        }));
        Assert.Equal(single, many);
    }

    [Fact]
    public void NGramWriter_TotalBeyond64Bits_Throws() =>
        Assert.Throws<OverflowException>(() => Write(writer =>
        {
            writer.Write(1UL << 56, 1, long.MaxValue);
            writer.Write(2UL << 56, 1, 1);
        }));

    [Theory]
    [InlineData(0, 0, 0, "")] // nothing in it
    [InlineData(1, 1, 0, "00")] // the columns are longer than the block
    [InlineData(1, 0, 0, "00")] // a byte is missing
    [InlineData(1, 2, 0, "006162")] // a byte too many
    [InlineData(1, 1, 0, "C061")] // a large count is missing
    [InlineData(1, 1, 3, "C061FF0000")] // a wide count is cut short
    [InlineData(1, 1, 1, "006105")] // a large count that no entry has
    [InlineData(2, 1, 0, "000161")] // shares more than it is long
    [InlineData(-1, 1, 1, "")] // a negative number
    public void NGramReader_ColumnsDisagree_Throws(int entries, int rest, int large, string columns)
    {
        byte[] block = new byte[NGramBlock.HeaderBytes + (columns.Length / 2)];
        BinaryPrimitives.WriteInt32LittleEndian(block, entries);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4), rest);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(8), large);
        Convert.FromHexString(columns).CopyTo(block, NGramBlock.HeaderBytes);
        RunOpener run = RunFiles.Write(output =>
        {
            using var codec = new BlockCodec();
            using var writer = new RunWriter(output, RunKind.NGramRun, codec);
            writer.Segment.WriteBlock(block, [], Math.Max(0, entries), 1);
            writer.EndSegment();
            writer.Finish();
        });
        Assert.Throws<RunFormatException>(() => Read(run, 0));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(10 << 20, 3)]
    [InlineData(NGramSliceMerger.DefaultMemoryBytes, RunMerge.FanIn)]
    [InlineData(long.MaxValue, RunMerge.FanIn)]
    public void NGramSliceMerger_AnyMemory_MergesTwoRunsAtOnceAtLeast(long memory, int fanIn) =>
        Assert.Equal(fanIn, NGramSliceMerger.FanInFor(memory));

    [Fact]
    public void NGramSliceMerger_LittleMemory_MergesInManyPassesToTheSame()
    {
        // 70 runs at two a time take seven passes.
        var random = new Random(3);
        RunOpener[] runs = [.. Enumerable.Range(0, 70).Select(_ =>
            Count([[.. Enumerable.Range(0, 300).Select(_ => (byte)random.Next(97, 101))]], 6, KeyRanges.Whole, 1 << 20))];
        byte[] Merge(long memory) => RunFiles.Bytes(RunFiles.Write(output =>
            NGramSliceMerger.Merge(runs, 0, KeyRanges.Whole, 6, 2, memory, new MemoryScratchSpace(), output, CancellationToken.None)));

        Assert.Equal(Merge(long.MaxValue), Merge(0));
    }

    [Theory]
    [InlineData(1L << 32)]
    [InlineData((1L << 33) - 1)]
    [InlineData(long.MaxValue / 64)] // a slice adds up six lengths
    public void NGramSliceMerger_CountsBeyond32Bits_AreExact(long count)
    {
        ulong key = KeyRanges.KeyOf("abcdef"u8);
        RunOpener run = Write(writer =>
        {
            writer.Write(KeyRanges.KeyOf("ab"u8), 2, 1);
            writer.Write(key, 6, count);
        });
        RunOpener merged = RunFiles.Write(output => NGramSliceMerger.Merge(
            [run, run, run], 0, KeyRanges.Whole, 6, 2, 0, new MemoryScratchSpace(), output, CancellationToken.None));

        Assert.Equal([(key, 6, 3 * count)], ReadSlice(merged, 5));
        Assert.Equal([(KeyRanges.KeyOf("ab"u8), 2, 3 + (3 * count))], ReadSlice(merged, 1));
    }

    [Fact]
    public void NGramSliceMerger_SumOfRunsBeyond64Bits_Throws()
    {
        RunOpener run = Write(writer => writer.Write(KeyRanges.KeyOf("abcdef"u8), 6, (long.MaxValue / 2) + 1));
        Assert.Throws<OverflowException>(() => RunFiles.Write(output => NGramSliceMerger.Merge(
            [run, run], 0, KeyRanges.Whole, 6, 2, new MemoryScratchSpace(), output, CancellationToken.None)));
    }

    [Fact]
    public void NGramSliceMerger_SumOfPrefixBeyond64Bits_Throws()
    {
        // No n-gram overflows, but the byte that they begin with.
        RunOpener Run(string ngram) => Write(writer => writer.Write(KeyRanges.KeyOf(System.Text.Encoding.ASCII.GetBytes(ngram)), 6, long.MaxValue / 2));
        Assert.Throws<OverflowException>(() => RunFiles.Write(output => NGramSliceMerger.Merge(
            [Run("abcdef"), Run("acdefg"), Run("adefgh")], 0, KeyRanges.Whole, 6, 2, new MemoryScratchSpace(), output, CancellationToken.None)));
    }

    [Fact]
    public void NGramMerger_SumBeyond64Bits_Throws()
    {
        RunSource Source() => new(Write(writer => writer.Write(KeyRanges.KeyOf("abcdef"u8), 6, long.MaxValue)), RunKind.NGramRun, 0);
        using var codec = new BlockCodec();
        using NGramMerger merger = NGramMerger.Open([Source(), Source()], 0, codec);
        Assert.Throws<OverflowException>(() => merger.NextBatch());
    }

    [Fact]
    public void NGramMerger_AnyNumberOfRuns_AddsUp() =>
        Gen.Select(Gen.Int[0, 2000].Array[0, 1500].Array[0, 9], Gen.Int[0, 1]).Sample(
            (numbers, long8) =>
            {
                var expected = new SortedDictionary<(ulong, int), long>();
                var runs = new List<RunSource>();
                foreach (int[] part in numbers)
                {
                    var counts = new SortedDictionary<(ulong Key, int Length), long>();
                    foreach (int number in part)
                    {
                        // Neighbours that differ in their length only.
                        int length = long8 == 1 && number % 2 == 0 ? 8 : 7;
                        ulong key = (ulong)(number / 2) << 12 & PackedNGram.Mask(7);
                        counts[(key, length)] = counts.GetValueOrDefault((key, length)) + 1;
                        expected[(key, length)] = expected.GetValueOrDefault((key, length)) + 1;
                    }

                    RunOpener run = Write(writer =>
                    {
                        foreach (((ulong key, int length), long count) in counts)
                        {
                            writer.Write(key, length, count);
                        }
                    });
                    runs.Add(new RunSource(run, RunKind.NGramRun, 0));
                }

                using var codec = new BlockCodec();
                using NGramMerger merger = NGramMerger.Open(runs, 0, codec);
                var found = new List<KeyValuePair<(ulong, int), long>>();
                while (merger.NextBatch())
                {
                    for (int i = 0; i < merger.Batch.Count; i++)
                    {
                        found.Add(new((merger.Batch.Keys[i], merger.Batch.Lengths[i]), merger.Batch.Counts[i]));
                    }
                }

                Assert.Equal(expected, found);
            },
            iter: 30);

    private static RunOpener Count(byte[][] chunks, int order, KeyRanges ranges, long bufferBytes) => RunFiles.Write(output =>
    {
        using var counter = new NGramCounter(order, ranges, bufferBytes, new MemoryScratchSpace(), 2, weight: 1);
        foreach (byte[] chunk in chunks)
        {
            counter.Add(chunk);
        }

        Assert.Equal(chunks.Sum(chunk => (long)chunk.Length), counter.WriteTo(output).Total);
    });

    private static void AssertCounts(byte[][] chunks, int order, KeyRanges ranges, RunOpener run)
    {
        var expected = new Dictionary<(ulong Key, int Length), long>();
        foreach (byte[] chunk in chunks)
        {
            for (int i = 0; i < chunk.Length; i++)
            {
                int length = Math.Min(order, chunk.Length - i);
                (ulong, int) ngram = (KeyRanges.KeyOf(chunk.AsSpan(i, length)), length);
                expected[ngram] = expected.GetValueOrDefault(ngram) + 1;
            }
        }

        for (int shard = 0; shard < ranges.Count; shard++)
        {
            Assert.Equal(
                expected.Where(entry => ranges.IndexOf(entry.Key.Key) == shard).Select(entry => (entry.Key.Key, entry.Key.Length, entry.Value))
                    .OrderBy(entry => entry.Key).ThenBy(entry => entry.Length),
                Read(run, shard));
        }
    }

    private static RunOpener Write(Action<NGramWriter> write) => RunFiles.Write(output =>
    {
        using var codec = new BlockCodec();
        using var run = new RunWriter(output, RunKind.NGramRun, codec);
        using var writer = new NGramWriter(run.Segment);
        write(writer);
        run.EndSegment();
        run.Finish();
    });

    private static List<(ulong Key, int Length, long Count)> Read(RunOpener run, int segment) => Read(run, RunKind.NGramRun, segment);

    private static List<(ulong Key, int Length, long Count)> ReadSlice(RunOpener slice, int segment) => Read(slice, RunKind.NGramSlice, segment);

    private static List<(ulong Key, int Length, long Count)> Read(RunOpener run, RunKind kind, int segment)
    {
        using var codec = new BlockCodec();
        using var source = new RunSource(run, kind, 0);
        using var reader = new NGramReader(source.Open(segment, codec));
        var entries = new List<(ulong, int, long)>();
        while (reader.Read())
        {
            entries.Add((reader.Key, reader.Length, reader.Count));
        }

        return entries;
    }
}
