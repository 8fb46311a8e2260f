using System.Runtime.InteropServices;
using System.Text;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class PieceAutomatonTests
{
    [Fact]
    public void Build_AnyPieces_MatchesAreAllPiecesThatEndThereLongestFirst() =>
        TestPieces.Random.Select(Gen.Byte[(byte)'a', (byte)'e'].Array[0, 60]).Sample((vocabulary, text) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            int state = PieceAutomaton.Root;
            for (int end = 1; end <= text.Length; end++)
            {
                state = automaton.Step(state, text[end - 1]);
                int[] expected = Enumerable.Range(0, end)
                    .Select(start => Array.FindIndex(vocabulary.Pieces, p => p.Span.SequenceEqual(text.AsSpan(start..end))))
                    .Where(index => index >= 0).ToArray();
                Assert.Equal(expected, automaton.MatchesAt(state).ToArray().Select(m => m.Piece));
            }
        }, iter: 60);

    [Fact]
    public void Build_BlobInByteOrder_SameAsList() =>
        TestPieces.Random.Sample(vocabulary =>
        {
            byte[][] sorted = [.. vocabulary.Pieces.Select(p => p.ToArray()).Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))];
            byte[] blob = [.. sorted.SelectMany(p => p)];
            int end = 0;
            int[] ends = [.. sorted.Select(p => end += p.Length)];
            PieceAutomaton fromBlob = PieceAutomaton.Build(blob, ends, vocabulary.Counts);
            PieceAutomaton fromList = PieceAutomaton.Build([.. sorted.Select(p => (ReadOnlyMemory<byte>)p)], vocabulary.Counts);
            Assert.Equal(sorted.Length, fromBlob.Count);
            Assert.Equal(sorted.Max(p => p.Length), fromBlob.LongestPiece);
            Assert.All(Enumerable.Range(0, sorted.Length), i => Assert.Equal(fromList.Score(i), fromBlob.Score(i)));
            Assert.Equal(Image(fromList), Image(fromBlob));
        }, iter: 100);

    [Fact]
    public void Build_MemoryForNothing_LiesInFilesAndIsTheSame() =>
        TestPieces.Random.Sample(vocabulary =>
        {
            using var directory = new TestDirectory();
            using var guard = new ResidentSetGuard(1, () => 1);
            var scratch = new FileScratchSpace(directory["scratch"], guard);
            var pool = new FlatMemoryPool(0, scratch.CreateMemory);
            using PieceAutomaton expected = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            PieceAutomaton mapped = PieceAutomaton.Build(new ListedPieces(vocabulary.Pieces, vocabulary.Counts), pool, CancellationToken.None);
            Assert.Equal(0, pool.UsedBytes);
            Assert.Equal(Image(expected), Image(mapped));
            Assert.True(guard.Check());
            Assert.Equal(Image(expected), Image(mapped));
            mapped.Dispose();
            Assert.False(guard.Check());
            Assert.Empty(Directory.GetFiles(directory["scratch"]));
        }, iter: 20);

    [Fact]
    public void Open_WrittenImage_IsTheSameAutomaton()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", 1_000_000), ("abc", 7), ("bc", 9));
        using PieceAutomaton built = PieceAutomaton.Build(pieces, counts);
        byte[] image = Image(built);
        FlatMemory memory = FlatMemory.Allocate(image.Length);
        image.CopyTo(memory.AsSpan<byte>());
        using PieceAutomaton opened = PieceAutomaton.Open(memory);
        Assert.Equal((built.Count, built.LongestPiece), (opened.Count, opened.LongestPiece));
        Assert.Equal(image, Image(opened));
        var ids = new System.Buffers.ArrayBufferWriter<int>();
        new UnigramSegmenter(opened).Segment("abcabbc"u8, ids);
        Assert.Equal(new TextbookUnigram(pieces, counts).Segment("abcabbc"u8), ids.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(17)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(40)]
    public void Open_HeaderChangedOrCutShort_Throws(int at)
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", 5));
        byte[] image = Image(PieceAutomaton.Build(pieces, counts));
        using FlatMemory cut = FlatMemory.Allocate(image.Length - 64);
        image.AsSpan(0, image.Length - 64).CopyTo(cut.AsSpan<byte>());
        Assert.Throws<ArgumentException>(() => PieceAutomaton.Open(cut));
        image[at] ^= 0x40;
        using FlatMemory changed = FlatMemory.Allocate(image.Length);
        image.CopyTo(changed.AsSpan<byte>());
        Assert.Throws<ArgumentException>(() => PieceAutomaton.Open(changed));
    }

    [Fact]
    public void Build_SortedPiecesOutOfOrderOrChanging_Throws()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", 5), ("b", 5));
        var unsorted = new ListedPieces(pieces, counts) { KeepsOrder = true };
        Assert.Contains("Piece 256", Assert.Throws<ArgumentException>(() => Build(unsorted)).Message, StringComparison.Ordinal);
        (pieces, counts) = TestPieces.WithBytes(("ab", 5), ("abc", 5));
        var changing = new ListedPieces(pieces, counts) { Changes = true };
        Assert.Throws<InvalidOperationException>(() => Build(changing));

        static PieceAutomaton Build(SortedPieces source) => PieceAutomaton.Build(source, FlatMemoryPool.Unlimited, CancellationToken.None);
    }

    [Fact]
    public void Score_Counts_IsLnCountMinusLnSum()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", 1_000_000), ("abc", 7));
        PieceAutomaton automaton = PieceAutomaton.Build(pieces, counts);
        double total = ExactLog.Ln(256 + 1_000_007);
        Assert.Equal(0 - total, automaton.Score(0));
        Assert.Equal(ExactLog.Ln(1_000_000) - total, automaton.Score(256));
        Assert.Equal(ExactLog.Ln(7) - total, automaton.Score(257));
    }

    [Theory]
    [InlineData("", 1, "Piece 256 is empty")]
    [InlineData("x", 1, "are the same bytes 0x78")]
    [InlineData("xy", 0, "Piece 256 has count 0")]
    [InlineData("xy", -5, "Piece 256 has count -5")]
    public void Build_BadPiece_SaysWhich(string piece, long count, string message)
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes((piece, count));
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => PieceAutomaton.Build(pieces, counts));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_RepeatedFarApart_SaysWhich()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("longer than eight", 1), ("b2", 1), ("longer than eight", 1));
        ArgumentException error = Assert.Throws<ArgumentException>(() => PieceAutomaton.Build(pieces, counts));
        Assert.Contains("Pieces 256 and 258 are the same", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_MissingByte_NamesIt()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes();
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => PieceAutomaton.Build([.. pieces.Where(p => p.Span[0] != 0xC0)], counts.AsSpan(1)));
        Assert.Contains("0xC0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_CountsThatOverflow_Throws()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", long.MaxValue));
        Assert.Throws<OverflowException>(() => PieceAutomaton.Build(pieces, counts));
    }

    [Fact]
    public void Build_EndsOutsideBlob_Throws() =>
        Assert.Throws<ArgumentException>(() => PieceAutomaton.Build(Encoding.UTF8.GetBytes("abc"), [2, 1], [1, 1]));

    [Fact]
    public void Build_ManyPieces_ArrayIsWellFilled()
    {
        // 100 000 random pieces: most states have one child, and those must fill the holes that others leave.
        var random = new Random(7);
        List<(string, long)> more = [];
        HashSet<string> seen = [];
        while (more.Count < 100_000)
        {
            string piece = string.Create(random.Next(2, 13), random, (span, r) =>
            {
                foreach (ref char c in span)
                {
                    c = (char)('a' + (r.Next(26) * r.Next(26) / 26));
                }
            });
            if (seen.Add(piece))
            {
                more.Add((piece, 1 + random.Next(1000)));
            }
        }

        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes([.. more]);
        PieceAutomaton automaton = PieceAutomaton.Build(pieces, counts);
        ReadOnlySpan<byte> image = Image(automaton);
        AutomatonLayout layout = AutomatonLayout.ReadHeader(image, image.Length);
        ReadOnlySpan<AutomatonUnit> units = MemoryMarshal.Cast<byte, AutomatonUnit>(image.Slice(AutomatonLayout.HeaderBytes, (int)layout.UnitBytes));
        int used = 1;
        foreach (AutomatonUnit unit in units)
        {
            used += unit.Check >= 0 ? 1 : 0;
        }

        Assert.True(used > 0.9 * units.Length, $"{used} of {units.Length} slots are used.");
    }

    private static byte[] Image(PieceAutomaton automaton)
    {
        using var stream = new MemoryStream();
        automaton.WriteTo(stream);
        return stream.ToArray();
    }

    private sealed class ListedPieces : SortedPieces
    {
        private readonly ReadOnlyMemory<byte>[] _pieces;
        private readonly long[] _counts;
        private int[] _order;
        private int _next;

        public ListedPieces(ReadOnlyMemory<byte>[] pieces, long[] counts)
        {
            (_pieces, _counts) = (pieces, counts);
            _order = [.. Enumerable.Range(0, pieces.Length)
                .Order(Comparer<int>.Create((a, b) => pieces[a].Span.SequenceCompareTo(pieces[b].Span)))];
        }

        public bool KeepsOrder { init => _order = value ? [.. Enumerable.Range(0, _pieces.Length)] : _order; }

        /// <summary>Whether the second reading has one piece less.</summary>
        public bool Changes { get; init; }

        public override ReadOnlySpan<byte> Piece => _pieces[Index].Span;

        public override long Count => _counts[Index];

        public override int Index => _order[_next - 1];

        public override void Restart()
        {
            _order = Changes && _next > 0 ? _order[..^1] : _order;
            _next = 0;
        }

        public override bool Read() => ++_next <= _order.Length;
    }
}
