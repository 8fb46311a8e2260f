using System.Runtime.InteropServices;

namespace Bytemill.Pipeline;

/// <summary>Priority of the calling thread on Linux, where .NET's thread priorities have no effect and each thread has a niceness.</summary>
internal static partial class ThreadNiceness
{
    // A third of the share of a thread with 0: heartbeats go first, and beside other programs a job still gets on.
    public const int Lowered = 5;

    private const int PriorityOfProcess = 0;
    private const int CallingThread = 0;

    /// <summary>Lowers it. Elsewhere than on Linux nothing is to be done: .NET's priority serves.</summary>
    public static void Lower()
    {
        if (OperatingSystem.IsLinux())
        {
            // It cannot fail: everybody may be nicer.
            _ = SetPriority(PriorityOfProcess, CallingThread, Lowered);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
