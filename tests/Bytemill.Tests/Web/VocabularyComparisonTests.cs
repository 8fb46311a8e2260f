using Bytemill.Tokenization;
using Bytemill.Web.Models;
using CsCheck;

namespace Bytemill.Tests;

public class VocabularyComparisonTests
{
    private static readonly Gen<Vocabulary> s_vocabularies = Gen.Byte[97, 100].Array[2, 4].List[0, 30].Select(Create);

    [Fact]
    public void Of_AnyTwo_AreTheSetsOfTheirPieces() =>
        Gen.Select(s_vocabularies, s_vocabularies).Sample((first, second) =>
        {
            VocabularyComparison comparison = VocabularyComparison.Of(first, second);
            HashSet<string> a = [.. Pieces(first)];
            HashSet<string> b = [.. Pieces(second)];
            Assert.Equal(a.Except(b).Order(StringComparer.Ordinal), comparison.OnlyFirst.Select(id => Hex(first, id)).Order(StringComparer.Ordinal));
            Assert.Equal(b.Except(a).Order(StringComparer.Ordinal), comparison.OnlySecond.Select(id => Hex(second, id)).Order(StringComparer.Ordinal));
            Assert.Equal(a.Intersect(b).Order(StringComparer.Ordinal), comparison.Both.Select(pair => Hex(first, pair.First)).Order(StringComparer.Ordinal));
            Assert.All(comparison.Both, pair => Assert.Equal(Hex(first, pair.First), Hex(second, pair.Second)));
        });

    private static Vocabulary Create(List<byte[]> pieces) => Vocabulary.Create(
        Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).Concat(pieces.DistinctBy(Convert.ToHexString)).Select(piece => KeyValuePair.Create(piece, 1L + piece[0])));

    private static IEnumerable<string> Pieces(Vocabulary vocabulary) => Enumerable.Range(Vocabulary.FirstPieceId, vocabulary.Count - Vocabulary.FirstPieceId).Select(id => Hex(vocabulary, id));

    private static string Hex(Vocabulary vocabulary, int id) => Convert.ToHexString(vocabulary.GetPiece(id));
}
