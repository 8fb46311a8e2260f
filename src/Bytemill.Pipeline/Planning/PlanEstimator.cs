using System.Collections.Immutable;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>From what a sample did to what a job will do. Pure.</summary>
internal sealed class PlanEstimator
{
    private const long MergeBytesOfWorker = 16 << 20;

    // The counting buffer holds 4/9 of itself in text before it spills.
    private const double BufferOfText = 9.0 / 4;
    private const long LeastBufferBytes = 8 << 20;

    // Of a piece held while the vocabulary is pruned: bytes, count, automaton.
    private const double BytesOfKeptPiece = 96;

    // What is looked up beyond memory is read from the disk by pages; frequent n-grams lie together, so most look-ups find theirs.
    private const double MissesPerByte = 0.05;
    private const double PageBytes = 4096;
    private const double TrustedFactor = 1000;

    // Text and ids of a row group while it is tokenized.
    private const double RowGroupBytes = 64 << 20;

    private readonly PlanRequest _request;
    private readonly CorpusSample _sample;
    private readonly SampleMeasurement _measured;
    private readonly PlanConstants _constants;
    private readonly double _text;
    private readonly double _normalized;
    private readonly double _partitions;
    private readonly double _partition;
    private readonly double _files;
    private readonly ImmutableArray<PhaseEstimate>.Builder _phases = ImmutableArray.CreateBuilder<PhaseEstimate>();
    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();

    private PlanEstimator(
        PlanRequest request, CorpusSample sample, SampleMeasurement measured, long textBytes, long partitions, PlanConstants constants)
    {
        (_request, _sample, _measured, _constants) = (request, sample, measured, constants);
        _text = textBytes;
        _normalized = textBytes * measured.NormalizedShare;
        _partitions = Math.Max(1, partitions);
        _partition = _normalized / _partitions;
        // More text comes in larger files rather than in millions of small ones.
        _files = Math.Max(sample.Files, Math.Min(sample.Files * (_text / sample.CorpusBytes), _partitions));
    }

    private JobSpec Spec => _request.Spec;

    private ClusterShape Cluster => _request.Cluster;

    private double DiskSpeed => Cluster.DiskBytesPerSecond ?? _measured.DiskBytesPerSecond;

    /// <param name="request">The job and the machines.</param>
    /// <param name="sample">What was read.</param>
    /// <param name="measured">What it did.</param>
    /// <param name="textBytes">Text to plan for.</param>
    /// <param name="partitions">Tasks of counting.</param>
    /// <param name="constants">What the sample does not tell.</param>
    public static PlanReport Estimate(
        PlanRequest request, CorpusSample sample, SampleMeasurement measured, long textBytes, long partitions, PlanConstants constants) =>
        new PlanEstimator(request, sample, measured, textBytes, partitions, constants).Estimate();

    private PlanReport Estimate()
    {
        TrainerOptions options = Spec.Training;
        var keptLaw = new KeptNGramLaw([.. _measured.NestedBytes.Zip(_measured.Spectra, (bytes, spectrum) => (bytes, spectrum))]);
        GrowthLaw distinct = GrowthLaw.Fit(
            [.. _measured.NestedBytes.Zip(_measured.Spectra, (bytes, spectrum) => (bytes, (double)spectrum.AtLeast(options.Order, 1)))]);
        double kept = keptLaw.Kept(_normalized, options.MinCount);
        double modelBytes = kept * _measured.ModelBytesPerNGram;
        double sliceBytes = kept * _measured.SliceBytesPerNGram;
        double corpusFileBytes = _sample.CorpusFileBytes * (_text / _sample.CorpusBytes);

        // Plan: footers, and a few row groups for the key ranges.
        Add(Phase.Plan, cpu: _files * _constants.SecondsPerFile, tasks: 1, memory: 0, written: 0, used: 0, diskRead: 0, network: 0);

        // Count.
        double runEntries = _partitions * Math.Min(distinct.At(_partition), _partition);
        double runBytes = runEntries * _measured.RunBytesPerEntry;
        double buffer = Math.Clamp(_partition * BufferOfText, LeastBufferBytes, Math.Max(LeastBufferBytes, (double)Cluster.MemoryBytes / Cluster.Workers));
        bool spills = _partition * BufferOfText > buffer;
        double countSpill = spills ? runBytes : 0;
        Add(
            Phase.Count,
            cpu: (_text * (_measured.ReadSeconds + _measured.NormalizeSeconds)) + (_normalized * _measured.CountSeconds),
            tasks: _partitions,
            memory: Busy(_partitions) * buffer,
            written: runBytes + countSpill,
            used: runBytes + (countSpill * Math.Min(1, Slots(_partitions) / _partitions)),
            diskRead: corpusFileBytes + countSpill,
            network: corpusFileBytes + runBytes);

        // Merge: passes over groups of 64 runs before the last.
        double mergeEntries = runEntries;
        double mergeSpill = 0;
        double group = _partition;
        for (double runs = _partitions; runs > NGramSliceMerger.LargestFanIn; runs = Math.Ceiling(runs / NGramSliceMerger.LargestFanIn))
        {
            group = Math.Min(group * NGramSliceMerger.LargestFanIn, _normalized);
            double entries = _normalized / group * Math.Min(distinct.At(group), group);
            mergeEntries += entries;
            mergeSpill += entries * _measured.RunBytesPerEntry;
        }

        double shards = Spec.NGramShards;
        Add(
            Phase.Merge,
            cpu: mergeEntries * _measured.MergeSeconds,
            tasks: shards,
            memory: Busy(shards) * MergeBytesOfWorker,
            written: sliceBytes + mergeSpill,
            used: runBytes + sliceBytes + (mergeSpill * Math.Min(1, Slots(shards) / shards)),
            diskRead: runBytes + mergeSpill,
            network: runBytes + sliceBytes);

        // Model: one task on one node.
        Add(
            Phase.Model,
            cpu: kept * _measured.ModelSeconds,
            tasks: 1,
            memory: Math.Min(modelBytes, Cluster.MemoryBytes / 2.0),
            written: 2 * modelBytes,
            used: sliceBytes + (2 * modelBytes),
            diskRead: sliceBytes + modelBytes,
            network: sliceBytes + modelBytes,
            onOneNode: true);

        // Segment.
        double pieces = Pieces();
        double pieceEntries = _partitions * Math.Min(pieces * Math.Pow(1 / _partitions, _measured.PieceSlopeWithin), _partition);
        double pieceBytes = pieceEntries * _measured.PieceBytesPerEntry;
        double pieceMemory = Math.Min(pieceEntries / _partitions * (_measured.PieceBytesPerEntry + 48), buffer);
        double resident = Math.Min(modelBytes, Cluster.MemoryBytes);
        double missing = modelBytes <= resident ? 0 : 1 - (resident / modelBytes);
        double pagesRead = _normalized * MissesPerByte * missing * PageBytes;
        Add(
            Phase.Segment,
            cpu: (_text * (_measured.ReadSeconds + _measured.NormalizeSeconds)) + (_normalized * SegmentSeconds(modelBytes)),
            tasks: _partitions,
            memory: resident + (Busy(_partitions) * pieceMemory),
            written: pieceBytes,
            used: modelBytes + pieceBytes,
            diskRead: corpusFileBytes + pagesRead,
            network: corpusFileBytes + (modelBytes * Cluster.Nodes) + pieceBytes,
            isPaging: missing > 0.1);

        // Vocabulary: slices of pieces, then kept and dropped ones.
        double pieceSlices = pieces * _measured.PieceBytesPerEntry;
        Add(
            Phase.Vocabulary,
            cpu: (pieceEntries * _measured.ReduceSeconds) + (pieces * _measured.PruneSeconds),
            tasks: Spec.PieceShards,
            memory: Math.Min(KeptPieces(pieces) * BytesOfKeptPiece, Cluster.MemoryBytes),
            written: 2 * pieceSlices,
            used: pieceBytes + (2 * pieceSlices),
            diskRead: pieceBytes + (2 * pieceSlices),
            network: pieceBytes + (2 * pieceSlices));

        if (Spec.Mode != JobMode.Train)
        {
            double tokens = _text * _measured.TokensPerByte;
            double output = tokens * _constants.OutputBytesPerToken;
            Add(
                Phase.Tokenize,
                cpu: (_text * (_measured.ReadSeconds + _measured.EncodeSeconds)) + (tokens * _constants.WriteSecondsPerToken),
                tasks: _files,
                memory: Busy(_files) * RowGroupBytes,
                written: output,
                used: output,
                diskRead: corpusFileBytes,
                network: corpusFileBytes + output);
        }

        Warn(keptLaw, modelBytes, spills);
        return new PlanReport
        {
            TextBytes = (long)_text,
            SampleBytes = _sample.Bytes,
            Files = _sample.Files,
            Partitions = (long)_partitions,
            Cluster = Cluster,
            TwoThreads = _measured.TwoThreads,
            DistinctNGrams = distinct.At(_normalized),
            KeptNGrams = kept,
            ModelBytes = modelBytes,
            DistinctPieces = pieces,
            Phases = _phases.ToImmutable(),
            TotalSeconds = _constants.StartSeconds + _phases.Sum(phase => phase.Seconds),
            Warnings = _warnings.ToImmutable(),
        };
    }

    /// <summary>Distinct pieces of the corpus: those of as much text for each smallest count as the sample's curve is at, and from there on at a model of that size.</summary>
    private double Pieces()
    {
        GrowthLaw law = GrowthLaw.Fit([.. _measured.Pieces.Select(level => (level.Bytes, (double)level.Pieces))]);
        double ratio = (double)Spec.Training.MinCount / _measured.PieceMinCount;
        return Math.Min(law.At(_normalized / ratio) * Math.Pow(ratio, _measured.PieceSlopeAtFixedModel), _normalized);
    }

    // Frequencies fall as a power: the share that occurs m times or more is about m^-slope.
    private double KeptPieces(double pieces) => pieces * Math.Pow(Spec.Training.MinCount, -_measured.PieceSlopeWithin);

    // A larger model misses the caches more often, by about the same for each doubling.
    private double SegmentSeconds(double modelBytes)
    {
        PieceSample small = _measured.Pieces[1];
        PieceSample large = _measured.Pieces[^1];
        double octaves = Math.Log2(Math.Max(1.01, (double)large.ModelBytes / small.ModelBytes));
        double perOctave = Math.Clamp((large.SegmentSeconds - small.SegmentSeconds) / octaves, 0, 0.15 * large.SegmentSeconds);
        return Math.Max(large.SegmentSeconds + (perOctave * Math.Log2(modelBytes / large.ModelBytes)), 0.5 * large.SegmentSeconds);
    }

    private double Slots(double tasks) => Math.Min(tasks, (double)Cluster.Nodes * Cluster.Workers);

    // Tasks at the same time on one node.
    private double Busy(double tasks) => Math.Min(Math.Ceiling(tasks / Cluster.Nodes), Cluster.Workers);

    private void Add(
        Phase phase, double cpu, double tasks, double memory, double written, double used, double diskRead, double network, bool onOneNode = false, bool isPaging = false)
    {
        tasks = Math.Max(1, Math.Ceiling(tasks));
        double slots = Slots(tasks);
        // Processors that share a core slow each other down once more than one of them works.
        double speed = Busy(tasks) > 1 ? _measured.TwoThreads / 2 : 1;
        double uneven = Math.Ceiling(tasks / slots) * slots / tasks;
        int nodes = onOneNode ? 1 : Cluster.Nodes;
        double cpuTime = cpu * uneven / (slots * speed);
        double diskTime = (written + diskRead) / nodes / DiskSpeed;
        double networkBytes = Cluster.Nodes > 1 ? network : 0;
        double networkTime = networkBytes / nodes / (Cluster.NetworkBytesPerSecond ?? _constants.NetworkBytesPerSecond);

        // What fits into the page cache costs no time: a machine writes it in the background.
        bool isCached = Cluster.Nodes == 1 && Cluster.DiskBytesPerSecond is null && written + diskRead < Cluster.MemoryBytes / 2.0;
        double slowest = Math.Max(cpuTime, Math.Max(isCached ? 0 : diskTime, networkTime));
        double start = _constants.SecondsOf(phase);
        string limit = start > slowest ? "start"
            : slowest <= cpuTime ? "cpu"
            : slowest <= networkTime ? "network"
            : isPaging ? "memory"
            : "disk";
        _phases.Add(new PhaseEstimate(
            phase.ToString().ToLowerInvariant(),
            start + slowest,
            cpu,
            limit,
            (long)Math.Min(_constants.ProcessBytes + memory, _constants.ProcessBytes + (double)Cluster.MemoryBytes),
            written,
            used,
            networkBytes));
    }

    private void Warn(KeptNGramLaw law, double modelBytes, bool spills)
    {
        if (modelBytes > Cluster.MemoryBytes)
        {
            long count = law.MinCountFor(_normalized, Cluster.MemoryBytes / _measured.ModelBytesPerNGram, 2 * Spec.Training.MinCount);
            _warnings.Add(FormattableString.Invariant(
                $"the n-gram model of {Size(modelBytes)} exceeds the memory of {Size(Cluster.MemoryBytes)}: segmenting will read it from the disk page by page. Raise --min-count to {count} or --memory to {Size(modelBytes * 1.1)}"));
        }

        double slots = (double)Cluster.Nodes * Cluster.Workers;
        if (slots > Spec.NGramShards && Spec.NGramShards < 4096)
        {
            _warnings.Add(FormattableString.Invariant(
                $"merge and vocabulary use {Spec.NGramShards} of {slots} workers: raise --shards to {Math.Min(4096, slots)}"));
        }

        if (slots > _partitions)
        {
            _warnings.Add(FormattableString.Invariant(
                $"{_partitions} partitions keep {_partitions} of {slots} workers busy: lower --partition-size"));
        }

        if (spills)
        {
            _warnings.Add("a partition does not fit into a worker's share of the memory, so its counts are spilled and merged once more: lower --partition-size or raise --memory");
        }

        if (_normalized > TrustedFactor * _measured.NestedBytes[^1])
        {
            _warnings.Add(FormattableString.Invariant(
                $"{Size(_text)} is {_text / _sample.Bytes:0} times the sample: take the numbers for orders of magnitude, or raise --sample-size"));
        }
    }

    private static string Size(double bytes) => bytes >= 1e12 ? FormattableString.Invariant($"{bytes / 1e12:0.0}TB")
        : bytes >= 1e9 ? FormattableString.Invariant($"{bytes / 1e9:0.0}GB")
        : FormattableString.Invariant($"{bytes / 1e6:0}MB");
}
