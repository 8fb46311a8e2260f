using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class PrefixSegmenterTests
{
    [Fact]
    public void Segment_AnyTextsInOrder_SameAsTextbook() =>
        TestPieces.Random.Select(Gen.Byte[(byte)'a', (byte)'d'].Array[0, 90].Array[1, 30], Gen.Int[0, 9]).Sample((vocabulary, texts, less) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            var textbook = new TextbookUnigram(vocabulary.Pieces, vocabulary.Counts);
            var segmenter = new PrefixSegmenter(automaton);
            byte[] before = [];
            foreach (byte[] text in texts.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
            {
                // Any number up to the common prefix will do.
                int shared = Math.Max(0, text.AsSpan().CommonPrefixLength(before) - less);
                Assert.Equal(textbook.Segment(text), segmenter.Segment(text, shared).ToArray());
                before = text;
            }
        }, iter: 200);

    [Fact]
    public void Segment_MoreSharedThanThereIs_Throws()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes();
        var segmenter = new PrefixSegmenter(PieceAutomaton.Build(pieces, counts));
        Assert.Throws<ArgumentOutOfRangeException>(() => segmenter.Segment("a"u8, 1).Length);
        segmenter.Segment(Encoding.ASCII.GetBytes("abc"), 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => segmenter.Segment("ab"u8, 3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => segmenter.Segment("abcd"u8, -1).Length);
    }
}
