using Bytemill.Training;

namespace Bytemill.Tests;

/// <summary>Counting to model with every knob.</summary>
internal sealed record NGramSteps
{
    public int Order { get; init; } = 6;

    public long MinCount { get; init; } = 2;

    public KeyRanges Ranges { get; init; } = KeyRanges.Whole;

    public int Partitions { get; init; } = 1;

    public long BufferBytes { get; init; } = 1 << 20;

    public int FanIn { get; init; } = RunMerge.FanIn;

    public long MemoryBytes { get; init; } = 1 << 20;

    public int Threads { get; init; } = 1;

    /// <summary>0: as the number of distinct counts wants it.</summary>
    public int IndexBytes { get; init; }

    public IReadOnlyList<RunOpener> Count(IReadOnlyList<byte[]> chunks)
    {
        var runs = new List<RunOpener>();
        for (int partition = 0; partition < Partitions; partition++)
        {
            using var counter = new NGramCounter(Order, Ranges, BufferBytes, new MemoryScratchSpace(), FanIn, weight: 1);
            for (int i = partition; i < chunks.Count; i += Partitions)
            {
                counter.Add(chunks[i]);
            }

            runs.Add(RunFiles.Write(output => counter.WriteTo(output)));
        }

        return runs;
    }

    public IReadOnlyList<RunOpener> Merge(IReadOnlyList<RunOpener> runs) =>
    [
        .. Enumerable.Range(0, Ranges.Count).Select(shard => RunFiles.Write(output => NGramSliceMerger.Merge(
            runs, shard, Ranges, Order, MinCount, new MemoryScratchSpace(), output, FanIn, CancellationToken.None))),
    ];

    public (NGramModelSummary Summary, byte[] File) Build(IReadOnlyList<RunOpener> slices)
    {
        NGramModelSummary? summary = null;
        RunOpener file = RunFiles.Write(output =>
            summary = NGramModelBuilder.Build(slices, Order, MinCount, new MemoryScratchSpace(), output, MemoryBytes, Threads, IndexBytes, CancellationToken.None));
        return (summary!, RunFiles.Bytes(file));
    }

    public NGramModel Model(IReadOnlyList<byte[]> chunks) => NGramModel.Read(new MemoryStream(Build(Merge(Count(chunks))).File));

    public PlainNGrams Plain(IReadOnlyList<byte[]> chunks)
    {
        var plain = new PlainNGrams(Order);
        foreach (byte[] chunk in chunks)
        {
            plain.Add(chunk);
        }

        plain.Prune(MinCount);
        return plain;
    }
}
