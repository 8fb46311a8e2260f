using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class ResidentSetGuardTests
{
    [Fact]
    public void Check_OverTheLimit_TrimsWhatIsRegistered()
    {
        long resident = 99;
        int first = 0;
        int second = 0;
        using var guard = new ResidentSetGuard(100, () => resident);
        IDisposable registration = guard.Register(() => first++);
        using IDisposable other = guard.Register(() => second++);
        Assert.False(guard.Check());
        resident = 100;
        Assert.True(guard.Check());
        registration.Dispose();
        registration.Dispose();
        Assert.True(guard.Check());
        Assert.Equal((1, 2), (first, second));
    }

    [Fact]
    public void Guard_OfThisProcess_SeesItsResidentSet()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Residency is watched on Linux only.");
        using var trimmed = new ManualResetEventSlim();
        using var guard = new ResidentSetGuard(1 << 20, 2 << 20);
        using IDisposable registration = guard.Register(trimmed.Set);
        Assert.True(trimmed.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }
}
