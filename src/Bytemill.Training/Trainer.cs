using System.Buffers;
using System.Collections.Immutable;
using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>Trains tokenizers in one process, by the same steps that a cluster takes.</summary>
public static class Trainer
{
    private const int SampleBytes = 1 << 20;
    private const int SampleStride = 7;

    /// <summary>Trains a model for each size, the largest first.</summary>
    /// <param name="documents">UTF-8 text; enumerated twice, and must give the same both times. A document may be overwritten once the next is asked for.</param>
    /// <param name="options">What to train; checked first.</param>
    /// <param name="shards">Into how many parts the key space is divided, at least 1.</param>
    /// <param name="partitions">Into how many parts the documents are divided, at least 1.</param>
    /// <param name="scratch">For work files; memory when null.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Distinct sizes and their models. A vocabulary may be smaller than its size.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The documents hold no text.</exception>
    /// <remarks>The result depends on nothing but the documents, as a multiset, and the options.</remarks>
    public static ImmutableArray<(int Size, TokenizerModel Model)> Train(
        IEnumerable<ReadOnlyMemory<byte>> documents,
        TrainerOptions options,
        int shards = 1,
        int partitions = 1,
        IScratchSpace? scratch = null,
        CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return Train(documents, options, new TrainingPlan { Shards = shards, Partitions = partitions }, scratch, ct);
    }

    internal static ImmutableArray<(int Size, TokenizerModel Model)> Train(
        IEnumerable<ReadOnlyMemory<byte>> documents, TrainerOptions options, TrainingPlan plan, IScratchSpace? scratch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        scratch ??= new MemoryScratchSpace();
        (NGramModel model, KeyRanges ranges) = BuildNGramModel(documents, options, plan, scratch, ct);
        using NGramModel disposed = model;

        KeyRanges pieceRanges = plan.PieceRanges ?? ranges;
        ScratchFile[] counted = CountPieces(documents, options, plan, model, pieceRanges, scratch, ct);
        try
        {
            using var pruning = new LocalPruning(options, pieceRanges, plan.BufferBytes, plan.TogetherBelow, scratch, ct);
            var models = ImmutableArray.CreateBuilder<(int, TokenizerModel)>();
            foreach ((int size, IReadOnlyList<RunOpener> kept) in pruning.Run(Array.ConvertAll(counted, file => file.Open)))
            {
                models.Add((size, new TokenizerModel(VocabularyBuilder.Build(kept), options.ModelOptionsFor(size))));
            }

            return models.ToImmutable();
        }
        finally
        {
            DisposeAll(counted);
        }
    }

    private static (NGramModel Model, KeyRanges Ranges) BuildNGramModel(
        IEnumerable<ReadOnlyMemory<byte>> documents, TrainerOptions options, TrainingPlan plan, IScratchSpace scratch, CancellationToken ct)
    {
        var normalized = new ArrayBufferWriter<byte>();
        var head = new List<byte[]>();
        var counters = new NGramCounter[plan.Partitions];
        ScratchFile[] runs = [];
        ScratchFile[] slices = [];
        try
        {
            using IEnumerator<ReadOnlyMemory<byte>> source = documents.GetEnumerator();
            KeyRanges ranges = plan.NGramRanges ?? SampleRanges(source, plan.Shards, head);
            for (int i = 0; i < counters.Length; i++)
            {
                counters[i] = new NGramCounter(options.Order, ranges, plan.BufferBytes / counters.Length, scratch);
            }

            int next = 0;
            void Count(ReadOnlySpan<byte> document)
            {
                ct.ThrowIfCancellationRequested();
                NGramCounter counter = counters[next++ % counters.Length];
                foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(document, options, normalized))
                {
                    counter.Add(chunk);
                }
            }

            head.ForEach(document => Count(document));
            head.Clear();
            while (source.MoveNext())
            {
                Count(source.Current.Span);
            }

            runs = Array.ConvertAll(counters, counter => new ScratchFile(scratch, output => counter.WriteTo(output)));
            DisposeAll(counters);
            RunOpener[] openers = Array.ConvertAll(runs, run => run.Open);
            slices = [.. Enumerable.Range(0, ranges.Count).Select(shard => new ScratchFile(scratch, output =>
                NGramSliceMerger.Merge(openers, shard, ranges, options.Order, options.MinCount, scratch, output, ct)))];
            using var file = new ScratchFile(scratch, output => NGramModelBuilder.Build(
                Array.ConvertAll(slices, slice => slice.Open), options.Order, options.MinCount, scratch, output, plan.BufferBytes, threads: 1, ct));
            using Stream stream = file.Open();
            return (NGramModel.Read(stream), ranges);
        }
        finally
        {
            DisposeAll(counters);
            DisposeAll(runs);
            DisposeAll(slices);
        }
    }

    private static ScratchFile[] CountPieces(
        IEnumerable<ReadOnlyMemory<byte>> documents,
        TrainerOptions options,
        TrainingPlan plan,
        NGramModel model,
        KeyRanges ranges,
        IScratchSpace scratch,
        CancellationToken ct)
    {
        var normalized = new ArrayBufferWriter<byte>();
        using var segmenter = new NGramSegmenter(model, options.EnsureUnicode);
        var counters = new PieceCounter[plan.Partitions];
        try
        {
            for (int i = 0; i < counters.Length; i++)
            {
                counters[i] = new PieceCounter(ranges, plan.BufferBytes / counters.Length, scratch);
            }

            ChunkPieceCounter[] batches = Array.ConvertAll(counters, counter => new ChunkPieceCounter(segmenter, counter));

            int next = 0;
            foreach (ReadOnlyMemory<byte> document in documents)
            {
                ct.ThrowIfCancellationRequested();
                ChunkPieceCounter batch = batches[next++ % batches.Length];
                foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(document.Span, options, normalized))
                {
                    batch.Add(chunk);
                }
            }

            Array.ForEach(batches, batch => batch.Flush());
            return Array.ConvertAll(counters, counter => new ScratchFile(scratch, output => counter.WriteTo(output)));
        }
        finally
        {
            DisposeAll(counters);
        }
    }

    /// <summary>Reads the first documents into <paramref name="head"/> and cuts the key space by them.</summary>
    private static KeyRanges SampleRanges(IEnumerator<ReadOnlyMemory<byte>> source, int shards, List<byte[]> head)
    {
        if (shards == 1)
        {
            return KeyRanges.Whole;
        }

        var keys = new List<ulong>();
        for (int bytes = 0; bytes < SampleBytes && source.MoveNext(); bytes += head[^1].Length)
        {
            head.Add(source.Current.ToArray());
            for (int i = 0; i < head[^1].Length; i += SampleStride)
            {
                keys.Add(KeyRanges.KeyOf(head[^1].AsSpan(i)));
            }
        }

        return KeyRanges.FromSample(keys.ToArray(), shards);
    }

    private static void DisposeAll(IReadOnlyList<IDisposable?> parts)
    {
        foreach (IDisposable? part in parts)
        {
            part?.Dispose();
        }
    }
}
