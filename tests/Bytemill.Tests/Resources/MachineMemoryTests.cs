using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class MachineMemoryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void LimitBytes_OfThisMachine_IsPlausible() => Assert.InRange(MachineMemory.LimitBytes(), 256L << 20, 64L << 40);

    [Fact]
    public void ReadCgroupLimit_Version2_IsTheSmallestOfAllParents()
    {
        Write("proc", "0::/pods/pod7/box\n");
        Write("sys/pods/memory.max", "max\n");
        Write("sys/pods/pod7/memory.max", "536870912\n");
        Write("sys/pods/pod7/box/memory.max", "1073741824\n");
        Assert.Equal(512L << 20, MachineMemory.ReadCgroupLimit(_directory["proc"], _directory["sys"]));
    }

    [Fact]
    public void ReadCgroupLimit_Version1_ReadsTheControllerOfMemory()
    {
        Write("proc", "12:cpu,cpuacct:/a\n5:memory:/docker/abc\n0::/a\n");
        Write("sys/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/memory/docker/abc/memory.limit_in_bytes", "268435456\n");
        Assert.Equal(256L << 20, MachineMemory.ReadCgroupLimit(_directory["proc"], _directory["sys"]));
    }

    [Fact]
    public void ReadCgroupLimit_PathOfTheHostInAContainer_TakesTheRoot()
    {
        Write("proc", "0::/system.slice/docker-1.scope\n");
        Write("sys/memory.max", "2147483648\n");
        Assert.Equal(2L << 30, MachineMemory.ReadCgroupLimit(_directory["proc"], _directory["sys"]));
    }

    [Theory]
    [InlineData("0::/\n", "max\n")]
    [InlineData("4:memory:/\n", "")]
    [InlineData("nonsense\n", "5\n")]
    public void ReadCgroupLimit_WithoutOne_IsNull(string proc, string root)
    {
        Write("proc", proc);
        Write("sys/memory.max", root);
        Assert.Null(MachineMemory.ReadCgroupLimit(_directory["proc"], _directory["sys"]));
        Assert.Null(MachineMemory.ReadCgroupLimit(_directory["none"], _directory["sys"]));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.WriteAllText(_directory[name], text);
    }
}
