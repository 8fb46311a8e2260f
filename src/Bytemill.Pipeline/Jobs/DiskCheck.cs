using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Compares the room on a job's disk with what the job will need there at most, before anything is written.</summary>
internal static class DiskCheck
{
    /// <exception cref="JobInputException">The files will not find room; names the directory and both figures.</exception>
    public static void Require(JobSpec spec, IReadOnlyCollection<CorpusFile> files)
    {
        if (!spec.SkipDiskCheck && !IsRemote(spec) && (spec.Mode != JobMode.Tokenize || spec.Layout.Shuffle is not null || ResultsWait(spec)))
        {
            Require(spec, files.Sum(file => file.RowGroups.Sum(group => group.TextBytes)), files.Sum(file => KeptBytes(spec, file)), FreeBytes(DirectoryOf(spec)));
        }
    }

    /// <summary>Of a job whose work files are in an object store, looks at the disk of the node that joins the n-gram model: all of it is there at once.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="textBytes">Bytes of text.</param>
    /// <param name="directory">For what the node writes and copies.</param>
    /// <param name="freeBytes">Room on its disk; <c>null</c> for unknown.</param>
    /// <exception cref="JobInputException">There is not enough.</exception>
    internal static void RequireOnNode(JobSpec spec, long textBytes, string directory, long? freeBytes)
    {
        long neededBytes = spec.SkipDiskCheck || spec.Mode == JobMode.Tokenize ? 0
            : SpillEstimate.For(textBytes, spec.Training.Order, spec.Training.MinCount, spec.PartitionBytes).ModelBytes;
        if (freeBytes < neededBytes)
        {
            throw new JobInputException(
                $"The n-gram model of this job may need up to {Gigabytes(neededBytes)} in '{directory}' of the node that holds the coordinator, whose disk has {Gigabytes(freeBytes.Value)} left. "
                + "Give that node a directory on a larger disk with --spill-dir (a job of this machine: with --scratch-dir), or start all the same with --no-disk-check.");
        }
    }

    internal static bool IsRemote(JobSpec spec) => spec.SpillDirectory is { } spill && StorePath.IsRemote(spill);

    /// <param name="spec">The job.</param>
    /// <param name="textBytes">Bytes of text of its inputs.</param>
    /// <param name="keptBytes">Bytes of the columns that are copied, at most.</param>
    /// <param name="freeBytes">Room on the disk; <c>null</c> where nobody knows.</param>
    internal static void Require(JobSpec spec, long textBytes, long keptBytes, long? freeBytes)
    {
        double epochs = spec.Sampling?.Epochs ?? 1;
        double training = spec.Mode == JobMode.Tokenize ? 0
            : SpillEstimate.For(textBytes, spec.Training.Order, spec.Training.MinCount, spec.PartitionBytes).TotalBytes;
        // Training's files are gone by then. Four bytes a token, and the results beside them.
        double shuffling = spec.Mode == JobMode.Train || spec.Layout.Shuffle is null ? 0 : 3.0 * textBytes * epochs;
        double waiting = ResultsWait(spec) ? ((ResultBytesPerByte(spec.Layout) * textBytes) + keptBytes) * epochs : 0;
        double needed = Math.Max(training, Math.Max(shuffling, waiting));
        if (freeBytes < needed)
        {
            string what = needed == waiting ? "The results of this job, which stay on a disk until all of them are complete," : "The work files of this job";
            string directory = DirectoryOf(spec);
            throw new JobInputException(
                $"{what} may need up to {Gigabytes(needed)} in '{directory}', whose disk has {Gigabytes(freeBytes.Value)} left. "
                + "Give a directory on a larger disk with --spill-dir, ask 'bytemill plan' for an estimate from the corpus itself, or start all the same with --no-disk-check.");
        }
    }

    // Elsewhere than in the output, into which they come when all are complete.
    private static bool ResultsWait(JobSpec spec) => spec.Mode != JobMode.Train && (spec.SpillDirectory is not null || StorePath.IsRemote(spec.OutputDirectory));

    // Twice what text of many languages takes.
    private static double ResultBytesPerByte(OutputLayout layout) => layout.Format == OutputFormat.Parquet ? 1 : 2;

    // As compressed as it is there; what of the file is the text, nobody has looked up.
    private static long KeptBytes(JobSpec spec, CorpusFile file) =>
        spec.Layout.HasKeptColumns && spec.Keep is not { Length: 0 } && !file.Format.IsLines && file.Columns.Length > 1 ? file.LengthBytes : 0;

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

    private static string Gigabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
