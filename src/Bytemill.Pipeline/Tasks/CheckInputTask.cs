using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Reads one partition before any use of it, and writes down what of it is left out.</summary>
internal sealed class CheckInputTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        CorpusPartition partition = context.Plan.Partitions[context.Index];
        var found = new Wire.LeftOut();
        var metrics = new TaskMetrics { Units = partition.TextBytes };
        foreach (CorpusRange range in partition.Ranges)
        {
            context.Job.ReadInput(range.FileIndex, () => metrics = TaskMetrics.Add(metrics, Check(context, range, found)));
        }

        using FileStream output = context.Output.Create(WorkFileNames.LeftOut);
        CheckedMessage.Write(output, found);
        return metrics;
    }

    private static TaskMetrics Check(TaskContext context, CorpusRange range, Wire.LeftOut found)
    {
        SourceOptions options = context.Spec.SourceOptions;
        CorpusFile file = context.Plan.Files[range.FileIndex];
        var metrics = new TaskMetrics();
        using ITextSource source = GroupCheck.Open(file.Path, options);
        for (int group = range.FirstRowGroup; group < range.FirstRowGroup + range.RowGroupCount; group++)
        {
            RowGroupInfo info = file.RowGroups[group];
            GroupReading reading = GroupCheck.Run(source, group, info, options, context.Spec.CopiedColumns, context.Cancellation);
            long leftOut = reading.Faults.LeftOutRows(info);
            metrics = TaskMetrics.Add(metrics, new TaskMetrics
            {
                Rows = reading.Rows,
                TextBytes = reading.TextBytes,
                PassedRows = info.PassedRows(reading.Rows + leftOut),
                LeftOutRows = leftOut,
                TextDigest = reading.Digest?.End(file.Fingerprint, group) ?? 0,
            });

            // How many rows a group of lines has tells where in the file those of the next one are.
            if (reading.Faults.IsAny || info.Rows == RowGroupInfo.UnknownRows)
            {
                found.Groups.Add(WireLeftOut.ToWire(range.FileIndex, group, reading.Faults));
            }

            context.ReportUnits(metrics.TextBytes);
        }

        return metrics;
    }
}
