using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class PartCounterTests
{
    private static readonly Gen<byte[]> s_text = Gen.OneOf(
        Gen.Byte[(byte)'a', (byte)'d'].Array[0, 12], Gen.Byte[(byte)'a', (byte)'b'].Array[0, 90]);

    [Fact]
    public void Flush_AnyTextsInOrder_SumsAreTheTextbooks() =>
        TestPieces.Random.Select(s_text.Array[0, 60], Gen.Int[0, 9], Gen.Int[1, 100]).Sample((vocabulary, texts, less, flushAfter) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            var textbook = new TextbookUnigram(vocabulary.Pieces, vocabulary.Counts);
            using FlatMemory sums = ZeroSums(automaton);
            var counter = new PartCounter(automaton, sums);
            long[] expected = new long[automaton.Count];
            byte[] before = [];
            long count = 0;
            foreach (byte[] text in texts.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
            {
                // Any number up to the common prefix will do.
                counter.Add(text, Math.Max(0, text.AsSpan().CommonPrefixLength(before) - less), ++count << 32);
                foreach (int piece in textbook.Segment(text))
                {
                    expected[piece] += count << 32;
                }

                before = text;
                if (count % flushAfter == 0)
                {
                    counter.Flush();
                }
            }

            counter.Flush();
            Assert.Equal(expected, sums.AsSpan<long>().ToArray());
        }, iter: 200);

    [Fact]
    public void Add_ManyTextsAndLongOnes_GoesOverManyBatches()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("aa", 1000));
        PieceAutomaton automaton = PieceAutomaton.Build(pieces, counts);
        using FlatMemory sums = ZeroSums(automaton);
        var counter = new PartCounter(automaton, sums);
        byte[] text = new byte[100_000];
        text.AsSpan().Fill((byte)'a');
        long bytes = 0;
        for (int length = 1; length <= 5000; length++)
        {
            counter.Add(text.AsSpan(0, length), length - 1, 1);
            bytes += length;
        }

        counter.Add(text, 5000, 1);
        counter.Flush();
        Assert.Equal(bytes + text.Length, (2 * sums.AsSpan<long>()[256]) + sums.AsSpan<long>()['a']);
    }

    [Fact]
    public void Add_SumBeyond63BitsOrBadArguments_Throws()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes();
        PieceAutomaton automaton = PieceAutomaton.Build(pieces, counts);
        using FlatMemory tooShort = FlatMemory.Allocate(2047);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PartCounter(automaton, tooShort));
        using FlatMemory sums = ZeroSums(automaton);
        var counter = new PartCounter(automaton, sums);
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Add("a"u8, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Add("a"u8, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Add("a"u8, 0, -1));
        counter.Add("aab"u8, 0, 1L << 62);
        Assert.Throws<OverflowException>(counter.Flush);
    }

    private static FlatMemory ZeroSums(PieceAutomaton automaton)
    {
        FlatMemory sums = FlatMemory.Allocate(automaton.Count * 8L);
        sums.AsSpan<long>().Clear();
        return sums;
    }
}
