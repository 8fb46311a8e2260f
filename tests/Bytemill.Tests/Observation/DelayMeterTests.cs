using System.Diagnostics;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public class DelayMeterTests
{
    private readonly DelayMeter _meter;
    private long _now = 1;

    public DelayMeterTests() => _meter = new DelayMeter(() => _now);

    [Fact]
    public void LongestMs_IsThatOfTheLastTenSeconds()
    {
        Assert.Equal(0, _meter.LongestMs);
        Exchange(20);
        Exchange(5);
        Assert.Equal(20, _meter.LongestMs, 3);
        Pass(9_900);
        Exchange(7);
        Assert.Equal(20, _meter.LongestMs, 3);
        Pass(200);
        Assert.Equal(7, _meter.LongestMs, 3);
    }

    [Fact]
    public void LongestMs_OneStillWaits_CountsItFromTheFirst()
    {
        long first = _meter.Sent();
        Pass(400);
        _meter.Sent();
        Pass(100);
        Assert.Equal(500, _meter.LongestMs, 3);
        _meter.Received(first);
        Assert.Equal(500, _meter.LongestMs, 3);
    }

    private void Exchange(int milliseconds)
    {
        long sent = _meter.Sent();
        Pass(milliseconds);
        _meter.Received(sent);
    }

    private void Pass(int milliseconds) => _now += milliseconds * Stopwatch.Frequency / 1000;
}
