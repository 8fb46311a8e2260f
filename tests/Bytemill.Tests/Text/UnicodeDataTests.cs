using System.Globalization;
using System.Text;

using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class UnicodeDataTests
{
    [Fact]
    public void IsDecimalDigit_AllCodePoints_AreThe680OfVersion15()
    {
        // Digits are only ever added to Unicode: 680 of those that this platform knows can only be the ones of 15.0.0,
        // as far as the first that came later.
        int count = 0;
        for (int codePoint = -1; codePoint <= 0x10FFFF; codePoint++)
        {
            if (UnicodeData.IsDecimalDigit(codePoint))
            {
                count++;
                Assert.Equal(UnicodeCategory.DecimalDigitNumber, CharUnicodeInfo.GetUnicodeCategory(codePoint));
            }
            else if (codePoint is >= 0 and < 0x10D40)
            {
                Assert.NotEqual(UnicodeCategory.DecimalDigitNumber, CharUnicodeInfo.GetUnicodeCategory(codePoint));
            }
        }

        Assert.Equal(680, count);
    }

    [Fact]
    public void Leads_EveryDigitAndEveryUnsafeCodePoint_BeginsWithOne()
    {
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (Rune.IsValid(codePoint))
            {
                byte lead = RandomText.Encode(codePoint)[0];
                Assert.True(UnicodeData.Class(codePoint) == 0 || UnicodeData.UnsafeLeads.Contains(lead));
                Assert.True(!UnicodeData.IsDecimalDigit(codePoint) || UnicodeData.DigitOrNewlineLeads.Contains(lead));
            }
        }

        for (byte continuation = 0x80; continuation < 0xC0; continuation++)
        {
            Assert.False(UnicodeData.UnsafeLeads.Contains(continuation) || UnicodeData.DigitOrNewlineLeads.Contains(continuation));
        }
    }
}
