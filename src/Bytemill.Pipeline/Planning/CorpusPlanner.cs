using System.Collections.Immutable;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>Plans a job by a sample of its corpus: reads it, trains on it in memory, and extrapolates.</summary>
public static class CorpusPlanner
{
    /// <param name="request">What to plan.</param>
    /// <param name="progress">Is told what is being done.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="JobInputException">An option is at fault, or there is no text.</exception>
    /// <exception cref="CorpusException">An input is at fault.</exception>
    public static PlanReport Plan(PlanRequest request, IProgress<string> progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(progress);
        progress.Report("reading footers");
        ImmutableArray<CorpusFile> files = JobPreflight.Check(request.Spec, cancellation: ct).Files;
        if (request.Spec.Limit is { } limit)
        {
            files = RowLimit.Apply(files, request.Spec.SourceOptions, (_, _) => null, limit, ct);
        }

        CorpusSample sample = CorpusSampler.Read(files, request.Spec.SourceOptions, request.SampleBytes, progress, ct);
        long textBytes = request.TextBytes ?? sample.CorpusBytes;
        string disk = NearestDirectory(request.SpillDirectory);
        SampleMeasurement measured = SampleMeter.Measure(sample, request.Spec.Training, textBytes, disk, progress, ct);
        long partitions = request.TextBytes is null
            ? PartitionPlanner.Plan(files, request.Spec.PartitionBytes).Length
            : Math.Max(1, textBytes / request.Spec.PartitionBytes);
        PlanReport report = PlanEstimator.Estimate(request, sample, measured, textBytes, partitions, PlanConstants.Load());
        long free = new DriveInfo(disk).AvailableFreeSpace;
        bool isHere = request.TextBytes is null && request.Cluster.Nodes == 1;
        return report with
        {
            FreeDiskBytes = free,
            Warnings = isHere && report.PeakDiskBytes > free
                ? report.Warnings.Add(FormattableString.Invariant(
                    $"the work files need {report.PeakDiskBytes / 1e9:0.0} GB, but {disk} has {free / 1e9:0.0} GB free: make space or choose another disk"))
                : report.Warnings,
        };
    }

    private static string NearestDirectory(string path)
    {
        string? directory = Path.GetFullPath(path);
        while (directory is not null && !Directory.Exists(directory))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? Path.GetFullPath(".");
    }
}
