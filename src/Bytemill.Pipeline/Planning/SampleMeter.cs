using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Trains on a sample in memory, step by step as a job does, and takes down numbers and times.</summary>
internal static class SampleMeter
{
    // Parts of 1/8, 1/8, 1/4 and 1/2 of the documents: the first one, two, three and four of them are the nested samples.
    private static readonly ImmutableArray<int> s_partOfEighth = [0, 3, 2, 3, 1, 3, 2, 3];
    private const int Levels = 4;

    // Fewer than this kept in a small sample say little about the corpus.
    private const long LeastPieceMinCount = 4;
    private const long MemoryBytes = 1L << 30;
    private const int DiskProbeBytes = 64 << 20;

    /// <param name="sample">Documents.</param>
    /// <param name="options">As for the job.</param>
    /// <param name="textBytes">Of the corpus planned for: decides how the sample is pruned.</param>
    /// <param name="directory">Its disk is measured.</param>
    /// <param name="progress">Is told what is being done.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    public static SampleMeasurement Measure(
        CorpusSample sample, TrainerOptions options, long textBytes, string directory, IProgress<string> progress, CancellationToken ct)
    {
        List<byte[]>[] parts = Divide(sample.Documents);
        progress.Report("normalising the sample");
        byte[][][] chunks = new byte[Levels][][];
        double normalizeSeconds = WorkMeter.Time(() =>
        {
            for (int part = 0; part < Levels; part++)
            {
                chunks[part] = Cut(parts[part], options, ct);
            }
        });
        double[] partBytes = Array.ConvertAll(chunks, part => part.Sum(chunk => (double)chunk.Length));
        ImmutableArray<double> nested = [.. Enumerable.Range(1, Levels).Select(level => partBytes.Take(level).Sum())];

        progress.Report("counting n-grams");
        var runs = new RunOpener[Levels];
        var runSummaries = new RunSummary[Levels];
        var countSeconds = new double[Levels];
        for (int part = 0; part < Levels; part++)
        {
            ct.ThrowIfCancellationRequested();
            countSeconds[part] = WorkMeter.Time(() => runs[part] = Count(chunks[part], options, out runSummaries[part]));
        }

        progress.Report("counting with two threads");
        double twoThreads = MeasureTwoThreads(chunks[2], options);

        progress.Report("merging");
        var spectra = new NGramSpectrum[Levels];
        for (int level = 0; level < Levels; level++)
        {
            RunOpener slice = Merge(runs[..(level + 1)], options.Order, 1, ct, out _);
            spectra[level] = NGramSpectrum.Read(slice, KeptNGramLaw.LargestSampleCount, ct);
        }

        long scaled = (long)Math.Ceiling(options.MinCount * nested[^1] / textBytes);
        long pieceMinCount = Math.Clamp(scaled, Math.Min(LeastPieceMinCount, options.MinCount), options.MinCount);
        var pieces = new Segmented[Levels];
        for (int level = 0; level < Levels; level++)
        {
            progress.Report($"segmenting sample {level + 1} of {Levels}");
            pieces[level] = Segment(runs[..(level + 1)], chunks[..(level + 1)], options, pieceMinCount, ct);
        }

        progress.Report("segmenting with another model");
        Segmented sparser = Segment(runs, chunks, options, 2 * pieceMinCount, ct);

        Segmented whole = pieces[^1];
        progress.Report("pruning the vocabulary");
        TrainerOptions pruned = options with { MinCount = pieceMinCount };
        // The first one pays for compilation.
        Prune(pieces[2].Runs, pruned, ct);
        Reduce(whole.Runs, ct, out double reduceSeconds, out _);
        ImmutableArray<(int Size, TokenizerModel Model)> models = [];
        // Pruning begins by adding up.
        double pruneSeconds = Math.Max(0, WorkMeter.Time(() => models = Prune(whole.Runs, pruned, ct)) - reduceSeconds);

        progress.Report("tokenizing");
        var tokenizer = new Tokenizer(models[0].Model);
        Encode(tokenizer, parts[0], ct);
        long tokens = 0;
        double encodeSeconds = WorkMeter.Time(() => tokens = Encode(tokenizer, parts[2], ct));
        double encodedBytes = Math.Max(1, parts[2].Sum(document => (double)document.Length));

        progress.Report("measuring the disk");
        return new SampleMeasurement
        {
            NestedBytes = nested,
            NormalizedShare = nested[^1] / Math.Max(1, sample.Bytes),
            Spectra = [.. spectra],
            RunBytesPerEntry = (double)runSummaries[^1].LengthBytes / Math.Max(1, runSummaries[^1].Entries),
            SliceBytesPerNGram = (double)whole.SliceBytes / whole.NGrams,
            ModelBytesPerNGram = (double)whole.ModelBytes / whole.NGrams,
            PieceMinCount = pieceMinCount,
            Pieces = [.. pieces.Select((level, i) => new PieceSample(nested[i], level.Pieces, level.ModelBytes, level.SegmentSeconds / nested[i]))],
            PieceSlopeAtFixedModel = Slope(pieces[2].Pieces, sparser.Pieces, nested[2], nested[3]),
            PieceSlopeWithin = Slope(whole.Entries[^1], whole.Pieces, partBytes[^1], nested[^1]),
            PieceBytesPerEntry = (double)whole.RunBytes / Math.Max(1, whole.Entries.Sum()),
            ReadSeconds = sample.ReadSecondsPerByte,
            NormalizeSeconds = normalizeSeconds / Math.Max(1, sample.Bytes),
            CountSeconds = countSeconds[^1] / partBytes[^1],
            MergeSeconds = whole.MergeSeconds / Math.Max(1, runSummaries.Sum(run => run.Entries)),
            ModelSeconds = whole.ModelSeconds / whole.NGrams,
            ReduceSeconds = reduceSeconds / Math.Max(1, whole.Entries.Sum()),
            PruneSeconds = pruneSeconds / Math.Max(1, whole.Pieces),
            EncodeSeconds = encodeSeconds / encodedBytes,
            TokensPerByte = tokens / encodedBytes,
            TwoThreads = twoThreads,
            DiskBytesPerSecond = MeasureDisk(directory, ct),
        };
    }

    private static List<byte[]>[] Divide(ImmutableArray<byte[]> documents)
    {
        List<byte[]>[] parts = [[], [], [], []];
        // A corpus of few documents is cut at chunk ends of its own, so that no part is empty.
        for (int i = 0; i < documents.Length; i++)
        {
            parts[s_partOfEighth[i & 7]].Add(documents[i]);
        }

        for (int part = 0; part < Levels; part++)
        {
            if (parts[part].Count == 0)
            {
                parts[part].Add(documents[part % documents.Length]);
            }
        }

        return parts;
    }

    private static byte[][] Cut(List<byte[]> documents, TrainerOptions options, CancellationToken ct)
    {
        var chunks = new List<byte[]>();
        var normalized = new ArrayBufferWriter<byte>();
        foreach (byte[] document in documents)
        {
            ct.ThrowIfCancellationRequested();
            foreach (ReadOnlySpan<byte> chunk in TrainingText.EnumerateChunks(document, options, normalized))
            {
                chunks.Add(chunk.ToArray());
            }
        }

        return [.. chunks];
    }

    private static RunOpener Count(byte[][] chunks, TrainerOptions options, out RunSummary summary)
    {
        long bytes = chunks.Sum(chunk => (long)chunk.Length);
        using var counter = new NGramCounter(options.Order, KeyRanges.Whole, (3 * bytes) + (1 << 20), new MemoryScratchSpace());
        foreach (byte[] chunk in chunks)
        {
            counter.Add(chunk);
        }

        return InMemory(counter.WriteTo, out summary);
    }

    // The clock's time this time: that the threads are in each other's way is the point.
    private static double MeasureTwoThreads(byte[][] chunks, TrainerOptions options)
    {
        if (Environment.ProcessorCount == 1)
        {
            return 1;
        }

        double Run(int threads)
        {
            long start = Stopwatch.GetTimestamp();
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Count(chunks, options, out RunSummary _)))];
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        double one = Math.Min(Run(1), Run(1));
        double two = Math.Min(Run(2), Run(2));
        return Math.Clamp(2 * one / two, 1, 2);
    }

    private static RunOpener Merge(RunOpener[] runs, int order, long minCount, CancellationToken ct, out NGramSliceSummary summary)
    {
        NGramSliceSummary? made = null;
        RunOpener slice = InMemory(
            output => made = NGramSliceMerger.Merge(runs, 0, KeyRanges.Whole, order, minCount, MemoryBytes, new MemoryScratchSpace(), output, ct), out NGramSliceSummary? _);
        summary = made!;
        return slice;
    }

    private static Segmented Segment(RunOpener[] runs, byte[][][] parts, TrainerOptions options, long minCount, CancellationToken ct)
    {
        NGramSliceSummary? sliceSummary = null;
        RunOpener? slice = null;
        double mergeSeconds = WorkMeter.Time(() => slice = Merge(runs, options.Order, minCount, ct, out sliceSummary));
        NGramModelSummary? modelSummary = null;
        RunOpener? modelFile = null;
        double modelSeconds = WorkMeter.Time(() => modelFile = InMemory(
            output => NGramModelBuilder.Build([slice!], options.Order, minCount, new MemoryScratchSpace(), output, MemoryBytes, threads: 1, ct), out modelSummary));
        using Stream stream = modelFile!();
        using NGramModel model = NGramModel.Read(stream);
        using var segmenter = new NGramSegmenter(model, options.EnsureUnicode);
        var pieceRuns = new RunOpener[parts.Length];
        var summaries = new RunSummary[parts.Length];
        double segmentSeconds = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            ct.ThrowIfCancellationRequested();
            using var counter = new PieceCounter(KeyRanges.Whole, MemoryBytes, new MemoryScratchSpace());
            var batch = new ChunkPieceCounter(segmenter, counter);
            segmentSeconds += WorkMeter.Time(() =>
            {
                foreach (byte[] chunk in parts[part])
                {
                    batch.Add(chunk);
                }

                batch.Flush();
                pieceRuns[part] = InMemory(counter.WriteTo, out summaries[part]);
            });
        }

        Reduce(pieceRuns, ct, out _, out PieceSliceSummary reduced);
        return new Segmented(
            modelSummary!.NGramsByOrder.Sum(),
            sliceSummary!.LengthBytes,
            modelSummary.LengthBytes,
            mergeSeconds,
            modelSeconds,
            segmentSeconds,
            pieceRuns,
            [.. summaries.Select(summary => summary.Entries)],
            summaries.Sum(summary => summary.LengthBytes),
            reduced.Pieces);
    }

    private static void Reduce(RunOpener[] runs, CancellationToken ct, out double seconds, out PieceSliceSummary summary)
    {
        PieceSliceSummary? made = null;
        seconds = WorkMeter.Time(() => InMemory(
            output => made = PieceRunMerger.Merge(runs, 0, null, MemoryBytes, new MemoryScratchSpace(), output, ct), out PieceSliceSummary? _));
        summary = made!;
    }

    private static ImmutableArray<(int Size, TokenizerModel Model)> Prune(RunOpener[] runs, TrainerOptions options, CancellationToken ct) =>
        SamplePruning.Run(runs, options, ct);

    private static long Encode(Tokenizer tokenizer, List<byte[]> documents, CancellationToken ct)
    {
        var ids = new ArrayBufferWriter<int>();
        long tokens = 0;
        foreach (byte[] document in documents)
        {
            ct.ThrowIfCancellationRequested();
            ids.ResetWrittenCount();
            tokenizer.Encode(document, ids);
            tokens += ids.WrittenCount;
        }

        return tokens;
    }

    private static double MeasureDisk(string directory, CancellationToken ct)
    {
        string path = Path.Combine(directory, $".bytemill-plan-{Guid.NewGuid():N}");
        byte[] block = new byte[1 << 20];
        new Random(1).NextBytes(block);
        try
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose);
            long start = Stopwatch.GetTimestamp();
            long written = 0;
            // A slow disk tells enough in a second.
            while (written < DiskProbeBytes && Stopwatch.GetElapsedTime(start).TotalSeconds < 1)
            {
                ct.ThrowIfCancellationRequested();
                file.Write(block);
                written += block.Length;
            }

            file.Flush(flushToDisk: true);
            return written / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JobInputException($"{directory}: work files cannot be written there ({e.Message}); choose another place with --spill-dir or --output.", e);
        }
    }

    private static RunOpener InMemory<T>(Func<Stream, T> write, out T summary)
    {
        using var stream = new MemoryStream();
        summary = write(stream);
        byte[] buffer = stream.GetBuffer();
        int length = (int)stream.Length;
        return () => new MemoryStream(buffer, 0, length, writable: false, publiclyVisible: true);
    }

    private static double Slope(double fewer, double more, double fewerBytes, double moreBytes) =>
        Math.Clamp(Math.Log(Math.Max(more, 1) / Math.Max(fewer, 1)) / Math.Log(moreBytes / fewerBytes), 0.3, 1);

    private sealed record Segmented(
        long NGrams,
        long SliceBytes,
        long ModelBytes,
        double MergeSeconds,
        double ModelSeconds,
        double SegmentSeconds,
        RunOpener[] Runs,
        long[] Entries,
        long RunBytes,
        long Pieces);
}
