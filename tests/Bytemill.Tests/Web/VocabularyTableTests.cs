using System.Text;
using System.Text.RegularExpressions;
using Bytemill.Tokenization;
using Bytemill.Web.Models;
using CsCheck;

namespace Bytemill.Tests;

public class VocabularyTableTests
{
    private static readonly Vocabulary s_vocabulary = TestModels.SmallVocabulary;
    private static readonly VocabularyTable s_table = new(s_vocabulary);

    private static readonly Gen<PieceQuery> s_queries =
        from matching in Gen.Enum<PieceMatching>()
        from pattern in matching switch
        {
            PieceMatching.Hex => OneOf("", "61", "e4", "0xE4 B8", "f0,9f", "0a"),
            PieceMatching.Regex => OneOf("", "^t", "\\d+$", "^.{2}$", "[éè]", "中|文"),
            _ => OneOf("", "TH", "in", "␣", " the", "中", "😀", "<", "zz"),
        }
        from script in Gen.Int[-5, (int)PieceScript.Mixed].Select(script => script < 0 ? null : (PieceScript?)script)
        from ordering in Gen.Enum<PieceOrdering>()
        from isDescending in Gen.Bool
        select new PieceQuery(pattern, matching, script, ordering, isDescending);

    [Fact]
    public void Search_AnyQuery_FindsWhatAPlainSearchDoes() =>
        s_queries.Sample(query => Assert.Equal(PlainSearch(query), s_table.Search(query, TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("(", PieceMatching.Regex, "No regular expression")]
    [InlineData("(?<=a)b", PieceMatching.Regex, "Look-around")]
    [InlineData("e", PieceMatching.Hex, "pairs of hexadecimal digits")]
    [InlineData("zz", PieceMatching.Hex, "pairs of hexadecimal digits")]
    public void Search_UnreadablePattern_SaysWhatIsWrong(string pattern, PieceMatching matching, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => s_table.Search(new PieceQuery(pattern, matching), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Fact]
    public void Search_Cancelled_Stops() =>
        Assert.Throws<OperationCanceledException>(() => s_table.Search(new PieceQuery(), new CancellationToken(canceled: true)));

    [Fact]
    public void Totals_OfAVocabulary_AddUp()
    {
        int pieces = s_vocabulary.Count - Vocabulary.FirstPieceId;
        Assert.Equal(pieces, s_table.PiecesOfLength.Sum());
        Assert.Equal(256, s_table.PiecesOfLength[1]);
        Assert.Equal(pieces, s_table.Scripts.Sum(share => share.Pieces));
        Assert.Equal(s_vocabulary.TotalCount, s_table.Scripts.Sum(share => share.Count));
        double bytes = Enumerable.Range(Vocabulary.FirstPieceId, pieces).Sum(id => (double)s_vocabulary.GetPiece(id).Length * s_vocabulary.GetCount(id));
        Assert.Equal(bytes / s_vocabulary.TotalCount, s_table.BytesPerToken, 12);
    }

    [Fact]
    public void CountsByRank_AscendingRanks_HaveTheCountsOfASortedList()
    {
        long[] sorted = [.. Enumerable.Range(Vocabulary.FirstPieceId, s_vocabulary.Count - Vocabulary.FirstPieceId).Select(s_vocabulary.GetCount).OrderDescending()];
        var points = s_table.CountsByRank(20);
        Assert.Equal(1, points[0].Rank);
        Assert.Equal(sorted.Length, points[^1].Rank);
        Assert.All(points, point => Assert.Equal(sorted[point.Rank - 1], point.Count));
        Assert.Equal(points.Select(point => point.Rank).Distinct().Order(), points.Select(point => point.Rank));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static int[] PlainSearch(PieceQuery query)
    {
        IEnumerable<int> ids = Enumerable.Range(Vocabulary.FirstPieceId, s_vocabulary.Count - Vocabulary.FirstPieceId)
            .Where(id => query.Script is null || PieceScripts.Of(s_vocabulary.GetPiece(id)) == query.Script)
            .Where(id => Matches(Encoding.UTF8.GetString(s_vocabulary.GetPiece(id)), Convert.ToHexStringLower(s_vocabulary.GetPiece(id)), query));
        IOrderedEnumerable<int> ordered = (query.OrderBy, query.IsDescending) switch
        {
            (PieceOrdering.Count, false) => ids.OrderBy(s_vocabulary.GetCount),
            (PieceOrdering.Count, true) => ids.OrderByDescending(s_vocabulary.GetCount),
            (PieceOrdering.Length, false) => ids.OrderBy(id => s_vocabulary.GetPiece(id).Length),
            (PieceOrdering.Length, true) => ids.OrderByDescending(id => s_vocabulary.GetPiece(id).Length),
            (PieceOrdering.Bytes, false) => ids.OrderBy(id => Convert.ToHexString(s_vocabulary.GetPiece(id)), StringComparer.Ordinal),
            (PieceOrdering.Bytes, true) => ids.OrderByDescending(id => Convert.ToHexString(s_vocabulary.GetPiece(id)), StringComparer.Ordinal),
            (PieceOrdering.Script, false) => ids.OrderBy(id => PieceScripts.Of(s_vocabulary.GetPiece(id))),
            (PieceOrdering.Script, true) => ids.OrderByDescending(id => PieceScripts.Of(s_vocabulary.GetPiece(id))),
            (_, true) => ids.OrderByDescending(id => id),
            _ => ids.OrderBy(id => id),
        };
        return [.. ordered.ThenBy(id => id)];
    }

    private static bool Matches(string text, string hex, PieceQuery query) => query.Pattern.Length == 0 || query.Matching switch
    {
        PieceMatching.Regex => Regex.IsMatch(text, query.Pattern, RegexOptions.CultureInvariant),
        PieceMatching.Hex => Chunks(hex).Contains(Chunks(query.Pattern.Replace("0x", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).ToLowerInvariant()), StringComparison.Ordinal),
        _ => text.Contains(query.Pattern.Replace('␣', ' '), StringComparison.OrdinalIgnoreCase),
    };

    // With a mark before each byte, so that none is found across two.
    private static string Chunks(string hex) => string.Concat(hex.Chunk(2).Select(pair => "." + new string(pair)));
}
