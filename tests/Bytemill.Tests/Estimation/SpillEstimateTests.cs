using Bytemill.Training;

namespace Bytemill.Tests;

public sealed class SpillEstimateTests
{
    [Theory]
    // What was measured: bytes of text, smallest count, bytes of runs, of the model and its slices, of piece runs.
    [InlineData(60_000_000, 8, 22_600_000, 140_000_000, 14_800_000)]
    [InlineData(3_765_504, 8, 3_000_000, 17_400_000, 462_000)]
    public void For_MeasuredCorpus_IsMoreThanItTookButNotTenTimes(long text, long minCount, long runs, long model, long pieces)
    {
        var estimate = SpillEstimate.For(text, 6, minCount, 30 << 20);
        Assert.InRange(estimate.CountBytes, runs, 10 * runs);
        Assert.InRange(estimate.ModelBytes, model, 10 * model);
        Assert.True(estimate.PieceBytes > pieces);
        Assert.Equal(estimate.CountBytes + estimate.ModelBytes + estimate.PieceBytes, estimate.TotalBytes);
    }

    [Fact]
    public void For_MoreOfAnything_IsMonotone()
    {
        long Bytes(long text, int order, long minCount) => SpillEstimate.For(text, order, minCount, 32 << 20).TotalBytes;
        for (long text = 1; text < 1L << 52; text *= 4)
        {
            Assert.True(Bytes(text, 6, 8) <= Bytes(4 * text, 6, 8));
            Assert.True(Bytes(text, 6, 8) <= Bytes(text, 8, 8));
            Assert.True(Bytes(text, 6, 8) >= Bytes(text, 6, 32));
        }
    }

    [Fact]
    public void For_Extremes_IsFinite()
    {
        Assert.Equal(0, SpillEstimate.For(0, 6, 2, 1 << 20).CountBytes);
        Assert.Equal(long.MaxValue, SpillEstimate.For(long.MaxValue, 8, 1, 1).TotalBytes);
    }
}
