using Bytemill.Corpus;

namespace Bytemill.Tests;

public class SplitRuleTests
{
    private const string Fingerprint = "0123456789abcdef";

    [Theory]
    [InlineData("train=0.9,valid=0.2", "1.1")]
    [InlineData("train=0.9", "0.9")]
    [InlineData("train=0.5,Train=0.5", "Train")]
    [InlineData("train=1,valid=0", "valid=0")]
    [InlineData("train=0.5;valid=0.5", "train=0.5;valid=0.5")]
    [InlineData("../x=0.5,y=0.5", "../x")]
    [InlineData("_x=0.5,y=0.5", "_x")]
    [InlineData("train=1e0", "train=1e0")]
    [InlineData("", "''")]
    public void Parse_NoRule_SaysWhatIsWrong(string text, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => SplitRule.Parse(text, 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void PartOf_ManyRows_AreDividedByTheirShares()
    {
        SplitRule rule = SplitRule.Parse("train=0.9, valid=0.07 ,test=0.03", 5);
        int[] counts = new int[3];
        for (int row = 0; row < 100_000; row++)
        {
            counts[rule.PartOf(Fingerprint, row % 7, row)]++;
        }

        Assert.Equal(["train", "valid", "test"], rule.Names);
        Assert.InRange(counts[0], 89_500, 90_500);
        Assert.InRange(counts[1], 6_600, 7_400);
        Assert.InRange(counts[2], 2_700, 3_300);
    }

    [Fact]
    public void PartOf_LargerShare_KeepsTheRowsItHad()
    {
        SplitRule small = SplitRule.Parse("a=0.3,b=0.7", 1);
        SplitRule large = SplitRule.Parse("a=0.30000000000000000001,b=0.69999999999999999999", 1);
        SplitRule larger = SplitRule.Parse("a=0.4,b=0.6", 1);
        SplitRule other = SplitRule.Parse("a=0.3,b=0.7", 2);
        int[] rows = [.. Enumerable.Range(0, 10_000)];
        Assert.All(rows, row => Assert.Equal(small.PartOf(Fingerprint, 0, row), large.PartOf(Fingerprint, 0, row)));
        Assert.DoesNotContain(rows, row => small.PartOf(Fingerprint, 0, row) == 0 && larger.PartOf(Fingerprint, 0, row) != 0);
        Assert.Contains(rows, row => small.PartOf(Fingerprint, 0, row) != other.PartOf(Fingerprint, 0, row));
    }

    [Fact]
    public void PartOf_RowsOfARelease_StayWhereTheyAre() => Assert.Equal(
        "1 1 1 0 0 0 0 1 0 0",
        string.Join(' ', Enumerable.Range(0, 10).Select(row => SplitRule.Parse("a=0.5,b=0.5", 3).PartOf(Fingerprint, 2, row))));
}
