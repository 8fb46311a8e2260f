using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Tells the runtime how much memory the process may have.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Limits the managed heap to the budget of a node. What is planned stays far below; the limit makes the collector thrifty in
    /// time, and a fault of ours an error with a name instead of the end of the machine's memory.
    /// </summary>
    public static void Limit(NodeOptions node)
    {
        long budget = node.MemoryBytes ?? MachineMemory.DefaultBudgetBytes();
        AppContext.SetData("GCHeapHardLimit", (ulong)(budget + MemoryPlan.RuntimeBytes));
        GC.RefreshMemoryLimit();
    }
}
