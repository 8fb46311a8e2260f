using System.Text;
using Bytemill.Training;
using CsCheck;

namespace Bytemill.Tests;

public class PiecePruningTests
{
    private static readonly Gen<KeyValuePair<string, long>[]> s_pieces =
        Gen.Select(NGramGen.Chunk(12), Gen.Long[1, 6], Gen.Int[0, 3], (piece, count, shift) =>
            KeyValuePair.Create(Encoding.Latin1.GetString(piece), count << (4 * shift))).Array[1, 150];

    [Fact]
    public void Filter_AnyCuts_AddsAbsentBytesOnce() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Long[1, 20], Gen.Int[1, 10]).Sample(
            (pieces, ranges, minCount, longest) =>
            {
                List<KeyValuePair<string, long>> counted = PieceCountingTests.Sums(pieces);
                var options = new TrainerOptions { MinCount = minCount, MaxPieceLength = longest };
                var kept = new List<KeyValuePair<string, long>>();
                var dropped = new List<KeyValuePair<string, long>>();
                for (int shard = 0; shard < ranges.Count; shard++)
                {
                    RunOpener slice = PieceSteps.Slice(counted.Where(piece => ranges.IndexOf(KeyRanges.KeyOf(PieceSteps.Bytes(piece.Key))) == shard));
                    using var keptStream = new MemoryStream();
                    using var droppedStream = new MemoryStream();
                    FilterSummary summary = PieceFilter.Filter(slice, shard, ranges, options, keptStream, droppedStream, CancellationToken.None);
                    List<KeyValuePair<string, long>> keptHere = PieceSteps.Read(() => new MemoryStream(keptStream.ToArray()));
                    List<KeyValuePair<string, long>> droppedHere = PieceSteps.Read(() => new MemoryStream(droppedStream.ToArray()));
                    Assert.Equal(new FilterSummary(keptHere.Count, droppedHere.Count), summary);
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
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Int[0, 1], Gen.Int[2, 4], Gen.Int[0, 150]).Sample(
            (pieces, ranges, buffer, fanIn, more) =>
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
                    slice, new MemoryScratchSpace(), output, buffer == 0 ? 20_000 : 1 << 20, fanIn, CancellationToken.None)));
                RankCut cut = PieceRanking.FindCut(ranked, keep, CancellationToken.None);
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
            PieceRanking.Rank(PieceSteps.Slice([KeyValuePair.Create("a", 1L)]), new MemoryScratchSpace(), output, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceRanking.FindCut([ranked], 256, CancellationToken.None));
    }

    [Fact]
    public void Prune_AnyCountsAndSizes_GivesTheTextbookVocabularies() =>
        Gen.Select(s_pieces, NGramGen.Ranges, Gen.Long[1, 20], Gen.Int[1, 10], Gen.Int[259, 330].Array[1, 3]).Sample(
            (pieces, ranges, minCount, longest, sizes) =>
            {
                List<KeyValuePair<string, long>> counted = PieceCountingTests.Sums(pieces);
                var plain = new PlainTrainer { MinCount = minCount, MaxPieceLength = longest, MaxVocabSizes = sizes, Nfc = text => text };
                List<(int Size, Dictionary<string, long> Pieces)> expected = plain.PrunePieces(new(counted));

                var options = new TrainerOptions { MinCount = minCount, MaxPieceLength = longest, MaxVocabSizes = [.. sizes] };
                var steps = new PieceSteps { Ranges = ranges };
                using var pruning = new LocalPruning(options, ranges, new MemoryScratchSpace(), CancellationToken.None);
                int emitted = 0;
                foreach ((int size, IReadOnlyList<RunOpener> kept) in pruning.Run(steps.Merge(steps.Count(counted))))
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
        PieceTable table = PieceTable.Load([first, second], CancellationToken.None);
        Assert.Equal((256, 1L, (byte)7), (table.Count, table.GetCount(7), table.GetPiece(7)[0]));
        Assert.Throws<RunFormatException>(() => PieceTable.Load([first], CancellationToken.None));
        Assert.Throws<RunFormatException>(() => PieceTable.Load([second, first], CancellationToken.None));
    }
}
