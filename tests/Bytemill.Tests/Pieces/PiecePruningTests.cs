using System.Text;
using Bytemill.Pipeline;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class PiecePruningTests
{
    private static readonly Gen<KeyValuePair<string, long>[]> s_pieces =
        Gen.Select(NGramGen.Chunk(12), Gen.Long[1, 6], Gen.Int[0, 3], (piece, count, shift) =>
            KeyValuePair.Create(Encoding.Latin1.GetString(piece), count << (4 * shift))).Array[1, 150];

    private static readonly Gen<long> s_memory = Gen.OneOf(Gen.Const(0L), Gen.Const(20_000L), Gen.Const(1L << 20));

    // Never, from some number of pieces on, always.
    private static readonly Gen<long> s_together = Gen.OneOf(Gen.Const(0L), Gen.Long[256, 400], Gen.Const(long.MaxValue));

    [Fact]
    public void Filter_AnyCuts_AddsAbsentBytesOnce() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Long[1, 20], Gen.Int[1, 10], Gen.Int[1, 5]).Sample(
            (pieces, ranges, minCount, longest, partitions) =>
            {
                List<KeyValuePair<string, long>> counted = PieceCountingTests.Sums(pieces);
                IReadOnlyList<RunOpener> runs = new PieceSteps { Ranges = ranges, Partitions = partitions }.Count(pieces);
                var options = new TrainerOptions { MinCount = minCount, MaxPieceLength = longest };
                var kept = new List<KeyValuePair<string, long>>();
                var dropped = new List<KeyValuePair<string, long>>();
                for (int shard = 0; shard < ranges.Count; shard++)
                {
                    using var keptStream = new MemoryStream();
                    using var droppedStream = new MemoryStream();
                    // Memory for two runs at once: with more of them there are several passes.
                    FilterSummary summary = PieceFilter.Filter(
                        runs, shard, ranges, options, 0, new MemoryScratchSpace(), keptStream, droppedStream, CancellationToken.None);
                    List<KeyValuePair<string, long>> keptHere = PieceSteps.Read(() => new MemoryStream(keptStream.ToArray()));
                    List<KeyValuePair<string, long>> droppedHere = PieceSteps.Read(() => new MemoryStream(droppedStream.ToArray()));
                    long textBytes = keptHere.Concat(droppedHere).Sum(piece => piece.Key.Length * piece.Value);
                    Assert.Equal(new FilterSummary(keptHere.Count, droppedHere.Count, textBytes), summary);
                    kept.AddRange(keptHere);
                    dropped.AddRange(droppedHere);
                }

                bool Keeps(KeyValuePair<string, long> piece) => piece.Key.Length == 1 || (piece.Key.Length <= longest && piece.Value >= minCount);
                IEnumerable<string> absent = Enumerable.Range(0, 256).Select(b => ((char)b).ToString()).Except(counted.Select(piece => piece.Key));
                Assert.Equal(PieceCountingTests.Sums(counted.Where(Keeps).Concat(absent.Select(b => KeyValuePair.Create(b, 1L)))), kept);
                Assert.Equal(counted.Where(piece => !Keeps(piece)), dropped);
            },
            iter: 200);

    [Fact]
    public void Rank_AnyCutsAndLimits_IsTheSelectionOrder() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Int[0, 1], Gen.Int[0, 150]).Sample(
            (pieces, ranges, buffer, more) =>
            {
                List<KeyValuePair<string, long>> all = PieceCountingTests.Sums(
                    pieces.Concat(Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(((char)b).ToString(), 1L))));
                int keep = Math.Min(all.Count, 256 + more);
                List<KeyValuePair<string, long>> expected =
                [
                    .. all.OrderBy(piece => piece.Key.Length > 1)
                        .ThenBy(piece => -piece.Value)
                        .ThenBy(piece => -piece.Key.Length)
                        .ThenBy(piece => piece.Key, StringComparer.Ordinal),
                ];
                RunOpener[] slices =
                [
                    .. Enumerable.Range(0, ranges.Count).Select(shard => PieceSteps.Slice(
                        all.Where(piece => ranges.IndexOf(KeyRanges.KeyOf(PieceSteps.Bytes(piece.Key))) == shard))),
                ];
                RunOpener[] ranked = Array.ConvertAll(slices, slice => RunFiles.Write(output => PieceRanking.Rank(
                    slice, buffer == 0 ? 20_000 : 1 << 20, new MemoryScratchSpace(), output, CancellationToken.None)));
                RankCut cut = PieceRanking.FindCut(ranked, keep, buffer << 20, new MemoryScratchSpace(), CancellationToken.None);
                Assert.Equal(expected[keep - 1], KeyValuePair.Create(Encoding.Latin1.GetString(cut.Piece), cut.Count));

                var kept = new List<KeyValuePair<string, long>>();
                var dropped = new List<KeyValuePair<string, long>>();
                foreach (RunOpener slice in slices)
                {
                    using var keptStream = new MemoryStream();
                    using var droppedStream = new MemoryStream();
                    PieceRanking.Cut(slice, cut, keptStream, droppedStream, CancellationToken.None);
                    kept.AddRange(PieceSteps.Read(() => new MemoryStream(keptStream.ToArray())));
                    dropped.AddRange(PieceSteps.Read(() => new MemoryStream(droppedStream.ToArray())));
                }

                Assert.Equal(PieceCountingTests.Sums(expected.Take(keep)), kept);
                Assert.Equal(PieceCountingTests.Sums(expected.Skip(keep)), dropped);
            },
            iter: 150);

    [Fact]
    public void FindCut_MorePiecesThanThereAre_Throws()
    {
        RunOpener ranked = RunFiles.Write(output =>
            PieceRanking.Rank(PieceSteps.Slice([KeyValuePair.Create("a", 1L)]), 0, new MemoryScratchSpace(), output, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PieceRanking.FindCut([ranked], 256, 0, new MemoryScratchSpace(), CancellationToken.None));
    }

    [Fact]
    public void Prune_AnyCountsAndSizes_GivesTheTextbookVocabularies() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Long[1, 20], Gen.Int[1, 10], Gen.Int[259, 330].Array[1, 3], Gen.Select(s_memory, s_together)).Sample(
            (pieces, ranges, minCount, longest, sizes, plan) =>
            {
                List<KeyValuePair<string, long>> counted = PieceCountingTests.Sums(pieces);
                var plain = new PlainTrainer { MinCount = minCount, MaxPieceLength = longest, MaxVocabSizes = sizes, Nfc = text => text };
                List<(int Size, Dictionary<string, long> Pieces)> expected = plain.PrunePieces(new(counted));

                var options = new TrainerOptions { MinCount = minCount, MaxPieceLength = longest, MaxVocabSizes = [.. sizes] };
                var steps = new PieceSteps { Ranges = ranges };
                using var pruning = new LocalPruning(options, ranges, plan.Item1, plan.Item2, new MemoryScratchSpace(), CancellationToken.None);
                int emitted = 0;
                foreach ((int size, IReadOnlyList<RunOpener> kept) in pruning.Run(steps.Count(counted)))
                {
                    Assert.Equal(expected[emitted].Size, size);
                    Assert.Equal(PieceCountingTests.Sums(expected[emitted].Pieces), kept.SelectMany(slice => PieceSteps.Read(slice)));
                    emitted++;
                }

                Assert.Equal(expected.Count, emitted);
            },
            iter: 60);

    [Fact]
    public void Load_SlicesMissingOrOutOfOrder_Throws()
    {
        KeyValuePair<string, long>[] bytes = [.. Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(((char)b).ToString(), 1L))];
        RunOpener first = PieceSteps.Slice(bytes[..100]);
        RunOpener second = PieceSteps.Slice(bytes[100..]);
        using (PieceTable table = Load([first, second]))
        {
            Assert.Equal(256, table.Count);
        }

        Assert.Throws<RunFormatException>(() => Load([first]));
        Assert.Throws<RunFormatException>(() => Load([second, first]));
        Assert.Throws<RunFormatException>(() => Load([first, second, second]));

        static PieceTable Load(RunOpener[] slices) => PieceTable.Load(slices, 1 << 20, new MemoryScratchSpace(), CancellationToken.None);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Prune_LittleMemoryOnDisk_GivesTheBytesOfPlenty(int shards)
    {
        // Some 10 000 pieces: the encoder takes more than ten times 64 kB, and what it does not hold lies in mapped files.
        var random = new Random(7);
        List<KeyValuePair<string, long>> counted =
        [
            .. Enumerable.Range(0, 20_000)
                .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)('a' + (random.Next(100) * random.Next(100) / 600)))))
                .Distinct()
                .Select(piece => KeyValuePair.Create(piece, 1L + (random.NextInt64(1L << 45) >> random.Next(45)))),
        ];
        KeyRanges ranges = KeyRanges.FromSample([.. counted.Select(piece => KeyRanges.KeyOf(PieceSteps.Bytes(piece.Key)))], shards);
        var options = new TrainerOptions { MinCount = 4, MaxPieceLength = 10, MaxVocabSizes = [6000, 2000] };
        IReadOnlyList<RunOpener> runs = new PieceSteps { Ranges = ranges, Partitions = 3 }.Count(counted);
        using var directory = new TestDirectory();
        byte[][]? first = null;
        foreach ((long memory, long together) in new[] { (1L << 30, 0L), (64 << 10, 0), (64 << 10, long.MaxValue), (1 << 30, 1 << 20), (0, 4000) })
        {
            var scratch = new FileScratchSpace(directory["scratch"]);
            using var pruning = new LocalPruning(options, ranges, memory, together, scratch, CancellationToken.None);
            byte[][] vocabularies =
            [
                .. pruning.Run(runs).Select(emitted => (byte[])[.. emitted.Kept.SelectMany(slice => PieceSteps.Read(slice)).SelectMany(
                    piece => Encoding.Latin1.GetBytes($"{emitted.Size} {piece.Key} {piece.Value}\n"))]),
            ];
            first ??= vocabularies;
            Assert.Equal(2, vocabularies.Length);
            Assert.Equal(first, vocabularies);
        }

        Assert.Empty(Directory.GetFiles(directory["scratch"]));
    }

    [Fact]
    public void Split_CountsBeyond32Bits_AddUpAndBeyond63BitsThrow()
    {
        KeyValuePair<string, long>[] bytes = [.. Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(((char)b).ToString(), 1L << 40))];
        RunOpener kept = PieceSteps.Slice(bytes);
        using PieceTable table = PieceTable.Load([kept], 1 << 20, new MemoryScratchSpace(), CancellationToken.None);
        RunOpener dropped = PieceSteps.Slice([KeyValuePair.Create("aaab", 1L << 60)]);
        RunOpener run = RunFiles.Write(output => PieceSplitter.Split(table, dropped, KeyRanges.Whole, output, CancellationToken.None));
        Assert.Equal([new("a", 3L << 60), new("b", 1L << 60)], PieceSteps.Read(run, RunKind.PieceRun));
        RunOpener together = RunFiles.Write(output => PieceSplitter.SplitAll(table, [dropped], withBase: true, output, CancellationToken.None));
        Assert.Equal((3L << 60) + (1L << 40), PieceSteps.Read(together).Single(piece => piece.Key == "a").Value);

        RunOpener more = PieceSteps.Slice([KeyValuePair.Create("aaaab", 1L << 60), KeyValuePair.Create("aaaac", 1L << 60)]);
        Assert.Throws<OverflowException>(() => PieceSplitter.Split(table, more, KeyRanges.Whole, new MemoryStream(), CancellationToken.None));
        RunOpener most = PieceSteps.Slice([KeyValuePair.Create("ab", long.MaxValue - 1)]);
        Assert.Throws<OverflowException>(() => PieceSplitter.SplitAll(table, [most], withBase: true, new MemoryStream(), CancellationToken.None));
    }

    [Fact]
    public void Combine_CountsBeyond32Bits_AddUpAndBeyond63BitsThrow()
    {
        var steps = new PieceSteps();
        RunOpener kept = PieceSteps.Slice([KeyValuePair.Create("a", 1L << 62)]);
        RunOpener slice = RunFiles.Write(output => PieceRunMerger.Merge(
            steps.Count([KeyValuePair.Create("a", (1L << 62) - 1)]), 0, kept, 0, new MemoryScratchSpace(), output, CancellationToken.None));
        Assert.Equal([new("a", long.MaxValue)], PieceSteps.Read(slice));
        Assert.Throws<OverflowException>(() => PieceRunMerger.Merge(
            steps.Count([KeyValuePair.Create("a", 1L << 62)]), 0, kept, 0, new MemoryScratchSpace(), new MemoryStream(), CancellationToken.None));
    }
}
