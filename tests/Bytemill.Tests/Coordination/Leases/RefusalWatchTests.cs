using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class RefusalWatchTests
{
    private readonly HandClock _clock = new();
    private readonly RefusalWatch _watch;

    public RefusalWatchTests() => _watch = new RefusalWatch(TimeSpan.FromSeconds(60), _clock);

    [Fact]
    public void Note_RefusedAllTheTime_IsNoticedAtTheLimit()
    {
        Assert.False(_watch.Note(false));
        _clock.Seconds += 59;
        Assert.False(_watch.Note(false));
        _clock.Seconds += 1;
        Assert.True(_watch.Note(false));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public void Note_TakenOrNoAnswerInBetween_CountsAnew(bool? between)
    {
        Assert.False(_watch.Note(false));
        _clock.Seconds += 59;
        Assert.False(_watch.Note(between));
        Assert.False(_watch.Note(false));
        _clock.Seconds += 59;
        Assert.False(_watch.Note(false));
        _clock.Seconds += 1;
        Assert.True(_watch.Note(false));
    }

    private sealed class HandClock : TimeProvider
    {
        public long Seconds { get; set; } = 5;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
