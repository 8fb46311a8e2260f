using System.Text;
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
            Assert.Equal(fromList.Matches, fromBlob.Matches);
        }, iter: 100);

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
        int used = automaton.Units.Count(u => u.Check >= 0) + 1;
        Assert.True(used > 0.9 * automaton.Units.Length, $"{used} of {automaton.Units.Length} slots are used.");
    }
}
