using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Writes one slice of the shuffled order, of one epoch: the rows of all input files whose keys lie in it, sorted by them.</summary>
internal sealed class ShuffleRowsTask : ITaskBody
{
    public TaskMetrics Run(TaskContext context)
    {
        JobPlan plan = context.Plan;
        (int epoch, int slice) = Math.DivRem(context.Index, plan.ShuffleSlices);
        using var sorter = new RecordSorter(context.Memory.SplittingBytes, context.Output.Scratch);
        KeptSchema kept = Gather(context, epoch, slice, sorter);
        TokenizedFile file = plan.ShuffledFile(context.Index);
        TokenizerModel model = context.Job.Tokenizer(context.Stage).Model;
        var files = new OutputFiles(context.Output);
        var sinks = new SinkFactory(
            context.Spec, context.Spec.Layout.TypeFor(model.Vocabulary.Count), kept, [.. OutputMetadata.Of(context.Spec, model, file)], files);
        string stem = Path.ChangeExtension(file.Name, null);
        string[] parts = [.. context.Spec.Layout.SplitRule?.Names ?? [""]];
        RollingSink[] targets = [.. parts.Select(part => sinks.Roll(part.Length == 0 ? stem : $"{part}/{stem}", part, file.Epoch))];
        try
        {
            int[] numbers = [];
            sorter.Drain(
                (_, record) => targets[ReadPart(record, ref numbers, out OutputRow row)].Append(row, context.Cancellation),
                context.Cancellation);
            Array.ForEach(targets, target => target.Complete(evenEmpty: parts.Length == 1, context.Cancellation));
        }
        finally
        {
            Array.ForEach(targets, target => target.Dispose());
        }

        files.WriteInfo(slice == 0 ? SumOfInfos(context, epoch, files) : new Wire.TokenizedFileInfo { Rows = files.Rows, Tokens = files.Tokens });
        return new TaskMetrics { Units = 1, Entries = files.Rows, CoveredBytes = files.Tokens };
    }

    private static int ReadPart(ReadOnlySpan<byte> record, ref int[] numbers, out OutputRow row)
    {
        row = ShuffleRecord.Read(record, ref numbers, out int part);
        return part;
    }

    private static KeptSchema Gather(TaskContext context, int epoch, int slice, RecordSorter sorter)
    {
        string manifest = context.Stage.Inputs.Tokenized;
        int count = context.Plan.Files.Length;
        byte[]? schema = null;
        IReadOnlyList<RunOpener> indexes = context.OpenAll(manifest, WorkFileNames.ShuffleIndex);
        IReadOnlyList<RunOpener> files = context.OpenAll(manifest, WorkFileNames.ShuffleRows);
        for (int task = epoch * count; task < (epoch + 1) * count; task++)
        {
            Wire.ShuffleIndex index = ReadIndex(indexes[task]);
            byte[] own = index.KeptSchema.ToByteArray();
            schema ??= own;
            if (!own.AsSpan().SequenceEqual(schema))
            {
                throw ShuffleSchemas.Differ(context.Plan.Files[0].Path, KeptSchema.FromBytes(schema), context.Plan.Files[task % count].Path, KeptSchema.FromBytes(own));
            }

            using Stream rows = files[task]();
            ShuffleFile.Read(rows, index, slice, sorter.Add, context.Cancellation);
        }

        return KeptSchema.FromBytes(schema);
    }

    private static Wire.ShuffleIndex ReadIndex(RunOpener open)
    {
        using Stream file = open();
        return CheckedMessage.Read(file, Wire.ShuffleIndex.Parser);
    }

    // What became of rows and tokens on the way here is told once.
    private static Wire.TokenizedFileInfo SumOfInfos(TaskContext context, int epoch, OutputFiles files)
    {
        int count = context.Plan.Files.Length;
        Wire.TokenizedFileInfo[] infos = [.. context.OpenAll(context.Stage.Inputs.Tokenized, WorkFileNames.TokenizedInfo).Skip(epoch * count).Take(count).Select(ListedOutput.ReadInfo)];
        return new Wire.TokenizedFileInfo
        {
            Rows = files.Rows,
            Tokens = files.Tokens,
            EmptyRows = infos.Sum(info => info.EmptyRows),
            DroppedTokens = infos.Sum(info => info.DroppedTokens),
            PaddingTokens = infos.Sum(info => info.PaddingTokens),
            DocumentTokens = infos.Sum(info => info.DocumentTokens),
        };
    }
}
