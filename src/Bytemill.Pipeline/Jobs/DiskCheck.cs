using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Compares the room on a job's disk with what the job will need at most, before anything is written.</summary>
internal static class DiskCheck
{
    /// <exception cref="JobInputException">The work files will not find room; names the directory and both figures.</exception>
    public static void Require(JobSpec spec, long textBytes)
    {
        if (!spec.SkipDiskCheck && (spec.Mode != JobMode.Tokenize || spec.Layout.Shuffle is not null))
        {
            Require(spec, textBytes, FreeBytes(DirectoryOf(spec)));
        }
    }

    internal static void Require(JobSpec spec, long textBytes, long? freeBytes)
    {
        long trainingBytes = spec.Mode == JobMode.Tokenize ? 0
            : SpillEstimate.For(textBytes, spec.Training.Order, spec.Training.MinCount, spec.PartitionBytes).TotalBytes;
        // Training's files are gone by then. Four bytes a token, and the results beside them.
        long shufflingBytes = spec.Mode == JobMode.Train || spec.Layout.Shuffle is null ? 0 : checked(3 * textBytes * (spec.Sampling?.Epochs ?? 1));
        long neededBytes = Math.Max(trainingBytes, shufflingBytes);
        if (freeBytes < neededBytes)
        {
            string directory = DirectoryOf(spec);
            throw new JobInputException(
                $"The work files of this job may need up to {Gigabytes(neededBytes)} in '{directory}', whose disk has {Gigabytes(freeBytes.Value)} left. "
                + "Give a directory on a larger disk with --spill-dir, ask 'bytemill plan' for an estimate from the corpus itself, or start all the same with --no-disk-check.");
        }
    }

    private static string DirectoryOf(JobSpec spec) =>
        spec.SpillDirectory ?? (StorePath.IsRemote(spec.OutputDirectory) ? JobOutput.WorkAreaOf(spec.OutputDirectory) : spec.OutputDirectory);

    /// <summary>Room on the disk that a directory is or will be on; <c>null</c> where the system does not tell.</summary>
    internal static long? FreeBytes(string directory)
    {
        string? existing = Path.GetFullPath(directory);
        while (existing is not null && !Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing);
        }

        try
        {
            return existing is null ? null : new DriveInfo(existing).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Some network file systems do not say; then the job finds out.
            return null;
        }
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
