using System.Buffers;
using System.Text;
using Bytemill.Tokenization;
using CsCheck;

namespace Bytemill.Tests;

public class UnigramSegmenterTests
{
    private static readonly Gen<byte[]> s_text = Gen.OneOf(
        Gen.Byte[(byte)'a', (byte)'d'].Array[0, 400],
        Gen.Byte[(byte)'a', (byte)'b'].Array[0, 400],
        Gen.Int[0, 500].Select(n => Enumerable.Repeat((byte)'a', n).ToArray()),
        Gen.Select(Gen.Int[1, 60], Gen.Byte[(byte)'a', (byte)'d'].Array[1, 6]).Select((n, unit) => Enumerable.Repeat(unit, n).SelectMany(u => u).ToArray()));

    [Fact]
    public void Segment_AnyText_SameAsTextbook() =>
        TestPieces.Random.Select(s_text).Sample((vocabulary, text) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            int[] expected = new TextbookUnigram(vocabulary.Pieces, vocabulary.Counts).Segment(text);
            Assert.Equal(expected, Segment(new UnigramSegmenter(automaton), text));
            // The smallest window puts many edges into the text.
            Assert.Equal(expected, Segment(new UnigramSegmenter(automaton, 1), text));
        }, iter: 300);

    [Fact]
    public void Append_AnyCuts_SameAsWhole() =>
        TestPieces.Random.Select(s_text, Gen.Int[1, 30].Array[1, 20], Gen.Int[1, 100]).Sample((vocabulary, text, cuts, window) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            int[] expected = Segment(new UnigramSegmenter(automaton), text);
            var streaming = new UnigramSegmenter(automaton, window);
            var pieces = new ArrayBufferWriter<int>();
            // Twice, and with a whole chunk between, since buffers are used again.
            for (int round = 0; round < 2; round++)
            {
                Assert.Equal(expected, Segment(streaming, text));
                pieces.Clear();
                streaming.Begin(0);
                for (int start = 0, i = 0; start < text.Length; i++)
                {
                    int end = Math.Min(text.Length, start + cuts[i % cuts.Length]);
                    streaming.Append(text.AsSpan(start..end), pieces);
                    start = end;
                }

                streaming.Complete(pieces);
                Assert.Equal(expected, pieces.WrittenSpan.ToArray());
            }
        }, iter: 300);

    [Fact]
    public void Append_BytesOneByOne_WritesOnlyWhatAllContinuationsShare() =>
        TestPieces.Random.Select(Gen.Byte[(byte)'a', (byte)'c'].Array[0, 10]).Sample((vocabulary, text) =>
        {
            PieceAutomaton automaton = PieceAutomaton.Build(vocabulary.Pieces, vocabulary.Counts);
            var segmenter = new UnigramSegmenter(automaton);
            var pieces = new ArrayBufferWriter<int>();
            segmenter.Begin(0);
            foreach (byte value in text)
            {
                segmenter.Append([value], pieces);
            }

            // What is written is a prefix of the segmentation of every continuation.
            byte[][] continuations = [[], .. Words("abcz"u8.ToArray(), 3)];
            foreach (byte[] continuation in continuations)
            {
                Assert.Equal(pieces.WrittenSpan.ToArray(), Segment(new UnigramSegmenter(automaton), [.. text, .. continuation]).Take(pieces.WrittenCount));
            }
        }, iter: 60);

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("abc", "a|bc")] // a tie with ab|c: the longer last piece wins
    [InlineData("abcabc", "a|bc|a|bc")]
    [InlineData("\u00e9", "c3|a9")]
    public void Segment_Ties_LongerLastPieceWins(string text, string expected)
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("ab", 5), ("bc", 5));
        int[] segmented = Segment(new UnigramSegmenter(PieceAutomaton.Build(pieces, counts)), Encoding.UTF8.GetBytes(text));
        string shown = string.Join('|', segmented.Select(i => pieces[i].Span[0] < 128 ? Encoding.UTF8.GetString(pieces[i].Span) : Convert.ToHexStringLower(pieces[i].Span)));
        Assert.Equal(expected, shown);
    }

    [Theory]
    [InlineData("aa aaa", 4 << 20, 400_000)] // paths never agree before the end
    [InlineData("aa aaa", 64 << 20, 2_600_000)] // sixteen times as long, eight times as much with all that is allocated on the way
    [InlineData("ab", 4 << 20, 400_000)] // paths always agree
    public void Segment_LongLineOfOneByte_BoundedMemory(string more, int length, long most)
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes([.. more.Split(' ').Select(m => (m, 1L))]);
        PieceAutomaton automaton = PieceAutomaton.Build(pieces, counts);
        byte[] text = new byte[length];
        text.AsSpan().Fill((byte)'a');
        var counter = new CountingWriter();
        long before = GC.GetAllocatedBytesForCurrentThread();
        new UnigramSegmenter(automaton).Segment(text, counter);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < most, $"{allocated} bytes allocated for a chunk of {length}.");
        Assert.Equal(more == "ab" ? length : (length + 2) / 3, counter.Count);
    }

    [Fact]
    public void Segment_SecondTime_AllocatesNothing()
    {
        (ReadOnlyMemory<byte>[] pieces, long[] counts) = TestPieces.WithBytes(("aa", 1), ("aaa", 1), ("ab", 9));
        var segmenter = new UnigramSegmenter(PieceAutomaton.Build(pieces, counts));
        byte[] text = new byte[100_000];
        text.AsSpan().Fill((byte)'a');
        text.AsSpan(70_000).Fill((byte)'b');
        var counter = new CountingWriter();
        segmenter.Segment(text, counter);
        long before = GC.GetAllocatedBytesForCurrentThread();
        segmenter.Segment(text, counter);
        segmenter.Segment(text.AsSpan(69_990, 20), counter);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int[] Segment(UnigramSegmenter segmenter, byte[] text)
    {
        var pieces = new ArrayBufferWriter<int>();
        segmenter.Segment(text, pieces);
        return pieces.WrittenSpan.ToArray();
    }

    private static IEnumerable<byte[]> Words(byte[] letters, int longest) =>
        longest == 0 ? [] : letters.Select(l => new[] { l }).Concat(Words(letters, longest - 1).SelectMany(w => letters.Select(l => (byte[])[.. w, l])));

    private sealed class CountingWriter : IBufferWriter<int>
    {
        private readonly int[] _buffer = new int[1 << 16];

        public long Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<int> GetMemory(int sizeHint = 0) => _buffer;

        public Span<int> GetSpan(int sizeHint = 0) => _buffer;
    }
}
