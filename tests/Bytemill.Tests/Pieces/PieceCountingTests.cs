using System.Text;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class PieceCountingTests
{
    private static readonly Gen<KeyValuePair<string, long>[]> s_pieces =
        Gen.Select(NGramGen.Chunk(14), Gen.Long[1, 1L << 40], (piece, count) => KeyValuePair.Create(Encoding.Latin1.GetString(piece), count))
            .Array[0, 120];

    [Fact]
    public void Merge_AnyCutsAndLimits_SumsByPiece() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Int[1, 5], Gen.Int[0, 2], Gen.Int[2, 4]).Sample(
            (pieces, ranges, partitions, buffer, fanIn) =>
            {
                var steps = new PieceSteps { Ranges = ranges, Partitions = partitions, BufferBytes = new long[] { 0, 20_000, 1 << 20 }[buffer], FanIn = fanIn };
                RunOpener[] slices = steps.Merge(steps.Count(pieces));
                Assert.Equal(Sums(pieces), slices.SelectMany(slice => PieceSteps.Read(slice)));
                for (int shard = 0; shard < slices.Length; shard++)
                {
                    Assert.All(PieceSteps.Read(slices[shard]), piece => Assert.Equal(shard, ranges.IndexOf(KeyRanges.KeyOf(PieceSteps.Bytes(piece.Key)))));
                }
            },
            iter: 300);

    [Fact]
    public void Count_ManyPieces_GrowsAndSpills()
    {
        KeyValuePair<string, long>[] pieces = [.. Enumerable.Range(0, 20_000).Select(i => KeyValuePair.Create($"piece {i % 7000} {i % 3}", 1L))];
        var steps = new PieceSteps { BufferBytes = 300_000, FanIn = 2 };
        Assert.Equal(Sums(pieces), PieceSteps.Read(steps.Merge(steps.Count(pieces))[0]));
    }

    [Fact]
    public void Count_PiecesAsLongAsAChunk_AreKeptWhole()
    {
        string longest = string.Concat(Enumerable.Repeat("\u00e4\u00b8\u00ad", 13_370)) + "\n";
        KeyValuePair<string, long>[] pieces =
        [
            KeyValuePair.Create(longest, 1L), KeyValuePair.Create(longest + "\n", 2L), KeyValuePair.Create("a", 3L), KeyValuePair.Create(longest, 5L),
            .. Enumerable.Range(0, 10).Select(i => KeyValuePair.Create(longest[i..], 1L)),
        ];
        foreach (long buffer in new long[] { 0, 100_000, 1 << 24 })
        {
            var steps = new PieceSteps { BufferBytes = buffer, FanIn = 2 };
            Assert.Equal(Sums(pieces), PieceSteps.Read(steps.Merge(steps.Count(pieces))[0]));
        }
    }

    [Fact]
    public void Merge_WithBase_AddsIt()
    {
        var steps = new PieceSteps();
        IReadOnlyList<RunOpener> runs = steps.Count([KeyValuePair.Create("a", 1L), KeyValuePair.Create("bc", 2L)]);
        RunOpener kept = PieceSteps.Slice([KeyValuePair.Create("a", 10L), KeyValuePair.Create("b", 20L)]);
        PieceSliceSummary? summary = null;
        RunOpener merged = RunFiles.Write(output =>
            summary = PieceRunMerger.Merge(runs, 0, kept, 1 << 20, new MemoryScratchSpace(), output, CancellationToken.None));
        Assert.Equal([new("a", 11), new("b", 20), new("bc", 2)], PieceSteps.Read(merged));
        Assert.Equal((3, 33), (summary!.Pieces, summary.Total));
    }

    [Fact]
    public void Counts_Beyond63Bits_Throw()
    {
        var steps = new PieceSteps();
        KeyValuePair<string, long> most = KeyValuePair.Create("ab", long.MaxValue);
        Assert.Throws<OverflowException>(() => steps.Count([most, KeyValuePair.Create("ab", 1L)]));
        Assert.Throws<OverflowException>(() => steps.Merge([steps.Count([most])[0], steps.Count([most])[0]]));
    }

    [Fact]
    public void Add_EmptyPieceOrNoCount_Throws()
    {
        using var counter = new PieceCounter(KeyRanges.Whole, 0, new MemoryScratchSpace());
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Add([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Add([1], 0));
    }

    [Fact]
    public void Read_FileOfAnotherKindOrChanged_RefusesIt()
    {
        var steps = new PieceSteps();
        RunOpener run = steps.Count([KeyValuePair.Create("ab", 3L), KeyValuePair.Create("abc", 4L)])[0];
        Assert.Throws<RunFormatException>(() => PieceSteps.Read(run));
        byte[] file = RunFiles.Bytes(steps.Merge([run])[0]);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x04;
            Assert.Throws<RunFormatException>(() => PieceSteps.Read(() => new MemoryStream(changed)));
            Assert.Throws<RunFormatException>(() => PieceSteps.Read(() => new MemoryStream(file[..i])));
        }
    }

    internal static List<KeyValuePair<string, long>> Sums(IEnumerable<KeyValuePair<string, long>> pieces) =>
    [
        .. pieces.GroupBy(piece => piece.Key)
            .Select(group => KeyValuePair.Create(group.Key, group.Sum(piece => piece.Value)))
            .OrderBy(piece => piece.Key, StringComparer.Ordinal),
    ];
}
