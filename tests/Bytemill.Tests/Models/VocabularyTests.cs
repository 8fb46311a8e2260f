using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class VocabularyTests
{
    [Fact]
    public void Create_AnyOrder_IdsByLengthThenBytesFromThree()
    {
        Vocabulary vocabulary = TestModels.SmallVocabulary;
        for (int id = Vocabulary.FirstPieceId + 1; id < vocabulary.Count; id++)
        {
            ReadOnlySpan<byte> before = vocabulary.GetPiece(id - 1);
            ReadOnlySpan<byte> piece = vocabulary.GetPiece(id);
            Assert.True(before.Length < piece.Length || (before.Length == piece.Length && before.SequenceCompareTo(piece) < 0));
        }
    }

    [Fact]
    public void TryGetId_EveryPiece_GivesItsId()
    {
        Vocabulary vocabulary = TestModels.SmallVocabulary;
        for (int id = Vocabulary.FirstPieceId; id < vocabulary.Count; id++)
        {
            Assert.True(vocabulary.TryGetId(vocabulary.GetPiece(id), out int found));
            Assert.Equal(id, found);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("no such piece, and longer than any there is")]
    public void TryGetId_NoPiece_IsFalse(string piece) =>
        Assert.False(TestModels.SmallVocabulary.TryGetId(Encoding.UTF8.GetBytes(piece), out _));

    [Fact]
    public void GetScore_Piece_IsLnCountMinusLnTotal()
    {
        Vocabulary vocabulary = TestModels.SmallVocabulary;
        Assert.True(vocabulary.TryGetId("the"u8, out int id));
        Assert.Equal(30, vocabulary.GetCount(id));
        Assert.Equal(ExactLog.Ln(30) - ExactLog.Ln(vocabulary.TotalCount), vocabulary.GetScore(id));
    }

    [Theory]
    [InlineData(Vocabulary.PadId)]
    [InlineData(Vocabulary.BosId)]
    [InlineData(Vocabulary.EosId)]
    public void GetPiece_Special_HasNothing(int id)
    {
        Assert.True(TestModels.SmallVocabulary.GetPiece(id).IsEmpty);
        Assert.Equal(0, TestModels.SmallVocabulary.GetCount(id));
        Assert.Equal(double.NegativeInfinity, TestModels.SmallVocabulary.GetScore(id));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void GetPiece_NoSuchId_NamesIt(int id)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TestModels.SmallVocabulary.GetPiece(id).Length);
        Assert.Contains($"no id {id};", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1L, "is empty")]
    [InlineData("a", 1L, "are the same bytes 0x61")]
    [InlineData("ab", 0L, "has count 0")]
    public void Create_BadPiece_SaysWhy(string piece, long count, string message)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Vocabulary.Create(Bytes(0).Append(KeyValuePair.Create(Encoding.UTF8.GetBytes(piece), count))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_MissingByte_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(() => Vocabulary.Create(Bytes(1)));
        Assert.Contains("0x00", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<byte[], long>> Bytes(int first) =>
        Enumerable.Range(first, 256 - first).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L));
}
