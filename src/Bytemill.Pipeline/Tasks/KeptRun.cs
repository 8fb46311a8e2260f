using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Counts that stay for jobs to come, and counts of jobs before.</summary>
internal static class KeptRun
{
    /// <summary>Takes over what an earlier job counted of the partition at hand.</summary>
    /// <returns>What that job found; <c>null</c> where there is nothing to take over, or it is not whole.</returns>
    public static TaskMetrics? TakeOver(TaskContext context)
    {
        if (!context.Plan.KeptRuns.TryGetValue(context.Index, out Wire.KeptRun? run))
        {
            return null;
        }

        string path = StorePath.Combine(context.Spec.Extend!, $"{KeptCounts.DirectoryName}/{run.File}");
        if (!context.Output.TryTakeOver(path, WorkFileNames.Run, run.LengthBytes, run.Xxh3))
        {
            return null;
        }

        WriteInfo(context, new Wire.RunInfo { LengthBytes = run.LengthBytes, Xxh3 = run.Xxh3 });
        TaskMetrics metrics = WireStages.FromWire(run.Metrics);
        return metrics with { Units = context.Plan.Partitions[context.Index].TextBytes, Reused = 1, ReusedBytes = metrics.TextBytes };
    }

    /// <summary>Seals the run that was counted, where it is to be kept.</summary>
    public static void Seal(TaskContext context)
    {
        if (context.Spec.KeepCounts)
        {
            using FileStream run = context.Output.OpenRead(WorkFileNames.Run);
            WriteInfo(context, new Wire.RunInfo { LengthBytes = run.Length, Xxh3 = FileHash.Of(run) });
        }
    }

    /// <summary>What was sealed, of all partitions in order.</summary>
    public static IEnumerable<Wire.RunInfo> ReadInfos(TaskContext context) =>
        context.OpenAll(context.Stage.Inputs.Counts, WorkFileNames.RunInfo).Select(open =>
        {
            using Stream file = open();
            return CheckedMessage.Read(file, Wire.RunInfo.Parser);
        });

    private static void WriteInfo(TaskContext context, Wire.RunInfo info)
    {
        if (context.Spec.KeepCounts)
        {
            using FileStream file = context.Output.Create(WorkFileNames.RunInfo);
            CheckedMessage.Write(file, info);
        }
    }
}
