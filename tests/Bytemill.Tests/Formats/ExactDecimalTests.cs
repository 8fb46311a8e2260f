using System.Globalization;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class ExactDecimalTests
{
    [Fact]
    public void Format_ScoresOfCounts_AreReadExactlyByAnyParser()
    {
        long total = 987_654_321;
        int misread = 0;
        for (long count = 1; count <= 3000; count++)
        {
            double score = ExactLog.Ln(count) - ExactLog.Ln(total + (count * 7));
            string text = ExactDecimal.Format(score);
            Assert.Equal(score, double.Parse(text, CultureInfo.InvariantCulture));
            misread += ExactDecimal.ReadQuickly(text) == score ? 0 : 1;
        }

        // Shortest forms: a quarter. A few in ten thousand have no form at all that quick parsers read exactly.
        Assert.InRange(misread, 0, 3);
    }

    [Theory]
    [InlineData(-0.5, "-0.5")]
    [InlineData(-12.0, "-12")]
    [InlineData(-1e-9, "-1E-09")]
    [InlineData(0.0, "0")]
    public void Format_ShortNumbers_StayShort(double value, string text) => Assert.Equal(text, ExactDecimal.Format(value));
}
