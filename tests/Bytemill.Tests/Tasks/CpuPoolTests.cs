using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class CpuPoolTests
{
    // Position in /proc/thread-self/stat, counted behind the name in brackets.
    private const int NicenessField = 16;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OnLinux_OnlyAPoolThatGivesWayHasNicerThreads(bool givesWay)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere .NET sets priorities itself.");
        using var pool = new CpuPool(1, givesWay);
        int own = Niceness();
        int there = await pool.Run(Niceness, TestContext.Current.CancellationToken);
        Assert.Equal(givesWay ? Math.Max(own, ThreadNiceness.Lowered) : own, there);
        Assert.Equal(own, Niceness());
    }

    private static int Niceness() =>
        int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[NicenessField], CultureInfo.InvariantCulture);
}
