using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The memory of a process, from the command line or a configuration file.</summary>
internal static class MemoryOption
{
    /// <summary>The size in bytes; <c>null</c> for the default.</summary>
    /// <exception cref="JobInputException">Too small to work with.</exception>
    public static long? Check(ByteSize? memory) =>
        memory is not { } size ? null
        : size.Bytes >= MemoryPlan.SmallestBudgetBytes ? size.Bytes
        : throw new JobInputException(Units.Format($"--memory must be at least {MemoryPlan.SmallestBudgetBytes >> 20}MiB; found {size.Bytes} bytes."));

    /// <summary>Fails when several jobs would each get too little.</summary>
    /// <exception cref="JobInputException">Too small to work with.</exception>
    public static void CheckParts(NodeOptions node)
    {
        long budget = node.MemoryBytes ?? MachineMemory.DefaultBudgetBytes();
        if (budget / node.MaxJobs < MemoryPlan.SmallestBudgetBytes)
        {
            throw new JobInputException(Units.Format(
                $"{node.MaxJobs} jobs at the same time would get {Units.Bytes(budget / node.MaxJobs)} of memory each, and need {MemoryPlan.SmallestBudgetBytes >> 20}MiB. Set a smaller --max-jobs or a larger --memory."));
        }
    }
}
