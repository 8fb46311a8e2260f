using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class CollectionPacerTests
{
    private const long Limit = 1000;
    private const long Most = 1100;

    private readonly CollectionPacer _pacer = new(Limit, Most);

    [Fact]
    public void IsDue_BelowTheLimit_Never() => Assert.False(_pacer.IsDue(Limit - 1, 1_000_000));

    [Theory]
    [InlineData(1000, 50)]
    [InlineData(1050, 25)]
    [InlineData(1100, 3)]
    [InlineData(5000, 3)]
    public void IsDue_TheLessIsLeft_TheOftener(long resident, long pauses)
    {
        Assert.True(_pacer.IsDue(resident, 0));
        _pacer.Collected(before: 1200, after: 900, begin: 0, end: 10);
        Assert.False(_pacer.IsDue(resident, 10 + (pauses * 10) - 1));
        Assert.True(_pacer.IsDue(resident, 10 + (pauses * 10)));
    }

    [Fact]
    public void IsDue_CollectionsBringNothing_EverMoreRarelyUntilOneDoes()
    {
        long now = 0;
        foreach (long expected in (long[])[6, 12, 24, 48, 96, 192, 384, 768, 768])
        {
            Assert.True(_pacer.IsDue(5000, now));
            _pacer.Collected(before: 5000, after: 4500, now, now + 10);
            now += 10;
            Assert.False(_pacer.IsDue(5000, now + (expected * 10) - 1));
            now += expected * 10;
        }

        _pacer.Collected(before: 5000, after: 3000, now, now + 10);
        Assert.True(_pacer.IsDue(5000, now + 10 + 30));
    }
}
