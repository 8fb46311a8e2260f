using Bytemill.App;
using Bytemill.Pipeline;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

public class IdFormatsTests
{
    [Fact]
    public void Parse_UInt16_OnlyWhereEveryIdFits()
    {
        TokenizerModel small = TestModels.Small();
        int left = ushort.MaxValue + 1 - small.IdCount;
        TokenizerModel full = small.WithSpecialTokens(Enumerable.Range(0, left).Select(i => $"<{i}>"));
        Assert.Equal(IdFormat.UInt16, IdFormats.Parse("uint16", full));
        TokenizerModel more = full.WithSpecialTokens("<more>");
        Assert.Equal(IdFormat.UInt32, IdFormats.Parse("uint32", more));
        Assert.Equal(
            "--format uint16 holds ids up to 65535; this model has ids up to 65536. Take --format uint32.",
            Assert.Throws<JobInputException>(() => IdFormats.Parse("uint16", more)).Message);
    }
}
