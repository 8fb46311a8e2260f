using System.Runtime.InteropServices;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Tells the runtime and the C library how much memory the process may have.</summary>
internal static partial class ProcessMemory
{
    private const int MmapThreshold = -3;
    private const int LargeBlockBytes = 2 << 20;

    /// <summary>
    /// Limits the managed heap to the budget of a node. What is planned stays far below; the limit makes the collector thrifty in
    /// time, and a fault of ours an error with a name instead of the end of the machine's memory.
    /// </summary>
    public static void Limit(NodeOptions node)
    {
        long budget = node.MemoryBytes ?? MachineMemory.DefaultBudgetBytes();
        AppContext.SetData("GCHeapHardLimit", (ulong)(budget + MemoryPlan.RuntimeBytes));
        GC.RefreshMemoryLimit();
        if (OperatingSystem.IsLinux())
        {
            ReturnLargeBlocks();
        }
    }

    // glibc maps large blocks apart and gives them back when they are freed, but each that is freed raises the size from which it does, up to 32 MB;
    // below it they stay with the process in pieces. To set the size once is to keep it.
    private static void ReturnLargeBlocks()
    {
        try
        {
            _ = SetAllocatorOption(MmapThreshold, LargeBlockBytes);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl, which always does so.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocatorOption(int option, int value);
}
