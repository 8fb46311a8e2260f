using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class RowConditionTests
{
    [Theory]
    [InlineData("lang = zh", "lang Equal zh")]
    [InlineData("lang in (zh, 'ja ko' ) AND year>=2020", "lang Equal zh,'ja ko'; year GreaterOrEqual 2020#")]
    [InlineData("\"a b\" <> 'it''s' and x!=-1.5e3 and y == true and z<0", "a b NotEqual 'it's'; x NotEqual -1.5e3#; y Equal true?; z Less 0#")]
    [InlineData("doc.lang in ('1', '2')", "doc.lang Equal '1','2'")]
    [InlineData("android = x and input > 3", "android Equal x; input Greater 3#")]
    public void Parse_Condition_IsWhatItSays(string text, string expected) =>
        Assert.Equal(expected, string.Join("; ", RowCondition.Parse(text).Comparisons.Select(comparison =>
            $"{comparison.Column} {comparison.Operator} {string.Join(',', comparison.Values.Select(Describe))}")));

    [Theory]
    [InlineData("", "a column is missing at character 1.")]
    [InlineData("lang", "a comparison is missing at character 5.")]
    [InlineData("lang = ", "a value is missing at character 8.")]
    [InlineData("lang = 'zh", "a closing ' is missing at character 11.")]
    [InlineData("lang in zh", "'(' is missing at character 9.")]
    [InlineData("lang in (zh ja)", "')' is missing at character 13.")]
    [InlineData("lang = zh or lang = ja", "'and' or the end is missing at character 11.")]
    [InlineData("x in (1, a)", "the values for 'x' are partly strings, partly not.")]
    public void Parse_NoCondition_SaysWhere(string text, string expected)
    {
        CorpusException error = Assert.Throws<CorpusException>(() => RowCondition.Parse(text));
        Assert.StartsWith($"Condition '{text}': {expected}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/c/lang=zh/a.parquet", false)]
    [InlineData("/c/lang=de/a.parquet", true)]
    [InlineData("/c/lang=__HIVE_DEFAULT_PARTITION__/a.parquet", true)]
    [InlineData("/c/a.parquet", false)]
    [InlineData("/c/lang=zh%20x/lang=zh/year=2019/a.parquet", true)]
    [InlineData("/c/year=02024/a.parquet", false)]
    public void RulesOut_Directories_AreColumns(string path, bool expected) =>
        Assert.Equal(expected, RowCondition.Parse("lang in (zh, ja) and year > 2020 and other = 1").RulesOut(path));

    [Fact]
    public void Takes_Sample_IsTheFractionAndTheSameEveryTime()
    {
        RowSample sample = new(0.25);
        bool[] taken = [.. Enumerable.Range(0, 40_000).Select(row => sample.Takes("00112233445566ff", 3, row))];
        Assert.InRange(taken.Count(isTaken => isTaken), 9_600, 10_400);
        Assert.Equal(taken, Enumerable.Range(0, 40_000).Select(row => sample.Takes("00112233445566ff", 3, row)));
        // Rows of a smaller fraction are among those of a larger one.
        RowSample larger = new(0.5);
        Assert.All(Enumerable.Range(0, 1000).Where(row => taken[row]), row => Assert.True(larger.Takes("00112233445566ff", 3, row)));
        Assert.True(new RowSample(1).Takes("0", 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RowSample(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RowSample(double.NaN));
    }

    private static string Describe(Literal value) => value.IsQuoted ? $"'{value.Text}'" : value.Number is not null ? $"{value.Text}#" : value.Truth is not null ? $"{value.Text}?" : value.Text;
}
