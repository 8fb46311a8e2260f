using System.Diagnostics;
using Bytemill.Chaos;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Who stands still with a file locked, by real processes and the kernel's own locks.</summary>
public sealed class StoppedLockHoldersTests : IDisposable
{
    // As SQLite locks its files: struct flock of 64-bit Linux, for writing, from byte 0 to the end. Then says so and waits.
    private const string LockAndWait =
        """
        use Fcntl; $| = 1; open(my $f, '+<', $ARGV[0]) or die $!;
        my $lock = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0); !$ARGV[1] or fcntl($f, F_SETLK, $lock) or die $!;
        print "ready\n"; sleep 1 while 1;
        """;

    private readonly TestDirectory _directory = new();
    private readonly List<Process> _processes = [];
    private readonly List<string> _warnings = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _directory.Dispose();
    }

    [Fact]
    public void Find_OnlyStoppedAndHoldingALock()
    {
        string file = Touch("journal.db");
        Process holder = Start(file, locks: true);
        Process reader = Start(file, locks: false);
        Stop(reader);
        Assert.Empty(StoppedLockHolders.Find(file));
        Stop(holder);
        StoppedLockHolder found = Assert.Single(StoppedLockHolders.Find(file));
        Assert.Equal(holder.Id, found.Id);
        Assert.Contains("perl", Path.GetFileName(found.Program), StringComparison.Ordinal);
        Assert.Empty(StoppedLockHolders.Find(Touch("other.db")));
    }

    [Fact]
    public void Find_ThroughALink_IsTheSameFile()
    {
        Directory.CreateDirectory(_directory["real"]);
        string file = Touch("real/journal.db");
        Directory.CreateSymbolicLink(_directory["link"], _directory["real"]);
        Process holder = Start(file, locks: true);
        Stop(holder);
        Assert.Equal(holder.Id, Assert.Single(StoppedLockHolders.Find(_directory["link/journal.db"])).Id);
    }

    [Fact]
    public void PutOut_SameProgram_IsEnded()
    {
        string file = Touch("journal.db");
        Process holder = Start(file, locks: true);
        Stop(holder);
        StoppedLockHolders.PutOut(file, StoppedLockHolders.Find(file)[0].Program, _warnings.Add);
        Assert.True(holder.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal([$"Ended process {holder.Id}, a node that stood still and kept {file} locked"], _warnings);
    }

    [Fact]
    public void PutOut_AnotherProgram_IsNamedAndLeftAlone()
    {
        string file = Touch("journal.db");
        Process holder = Start(file, locks: true);
        Stop(holder);
        StoppedLockHolders.PutOut(file, _warnings.Add);
        Assert.Contains($"kill -CONT {holder.Id}", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Single(StoppedLockHolders.Find(file));
    }

    [Theory]
    [InlineData("12 (bytemill) T 1 12", 'T')]
    [InlineData("12 (a) T (b) S 1 12", 'S')]
    [InlineData("12 (a)", '?')]
    public void StateIn_StandsAfterTheLastBracket(string stat, char state) => Assert.Equal(state, StoppedLockHolders.StateIn(stat));

    private string Touch(string name)
    {
        File.WriteAllBytes(_directory[name], [0]);
        return _directory[name];
    }

    private Process Start(string file, bool locks)
    {
        Process process = Process.Start(new ProcessStartInfo("perl", ["-e", LockAndWait, file, locks ? "1" : ""]) { RedirectStandardOutput = true })!;
        _processes.Add(process);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    // A signal is answered when the process next runs.
    private static void Stop(Process process)
    {
        PosixSignals.Send(process.Id, PosixSignals.Stop);
        Assert.True(SpinWait.SpinUntil(() => StoppedLockHolders.StateIn(File.ReadAllText($"/proc/{process.Id}/stat")) == 'T', TimeSpan.FromSeconds(30)));
    }
}
