using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Training;
using Microsoft.Data.Sqlite;

namespace Bytemill.Pipeline;

/// <summary>
/// A job that one process of this machine runs by itself: the output is its own while it runs, and what it takes to go on with
/// the job stays there when the process ends before the job, however it ends.
/// </summary>
/// <remarks>
/// All of it is in <c>_bytemill/run</c> of the output (of one in an object store, in a directory of this machine: <see cref="JobOutput.WorkAreaOf"/>): <c>lock</c>, held by the process; <c>job.pb</c>, what was asked for;
/// <c>journal.db</c>, what the coordinator has decided. The rest of <c>_bytemill</c> is the job's work files.
/// </remarks>
public sealed class LocalRun : IDisposable
{
    internal const string DirectoryName = "run";

    private const string LockName = "lock";
    private const string JobName = "job.pb";
    private const string JournalName = "journal.db";

    private readonly FileStream _lock;
    private readonly bool _madeOutput;

    private LocalRun(FileStream held, Wire.LocalRun job, bool isResumed)
    {
        _lock = held;
        _madeOutput = job.MadeOutput;
        JobId = job.JobId;
        Spec = WireJobs.FromWire(job.Spec);
        IsResumed = isResumed;
    }

    /// <summary>The job.</summary>
    public string JobId { get; }

    /// <summary>What was asked for when the job began.</summary>
    public JobSpec Spec { get; }

    /// <summary>Whether the job began in an earlier process.</summary>
    public bool IsResumed { get; }

    /// <summary>Where its coordinator keeps its journal.</summary>
    public JournalLocation Journal => new JournalLocation.SqliteFile(PathIn(Spec.OutputDirectory, JournalName));

    /// <summary>Whether a process could go on with what the output holds.</summary>
    public static bool IsAt(string outputDirectory) => File.Exists(PathIn(outputDirectory, JobName));

    /// <summary>Begins a job. What an unfinished one left in the output is given up.</summary>
    /// <param name="spec">A job that <see cref="JobPreflight"/> has looked over.</param>
    /// <exception cref="JobInputException">Another process works in the output.</exception>
    public static LocalRun Begin(JobSpec spec)
    {
        bool madeOutput = !Stores.Of(spec.OutputDirectory).HasDirectory(spec.OutputDirectory);
        FileStream held = Lock(spec.OutputDirectory);
        try
        {
            DeleteJournal(spec.OutputDirectory);
            var job = new Wire.LocalRun
            {
                JobId = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture),
                Spec = WireJobs.ToWire(spec),
                MadeOutput = madeOutput,
                ModelXxh3 = HashOf(spec.ModelPath),
            };
            string path = PathIn(spec.OutputDirectory, JobName);
            using (FileStream file = new(path + ".new", FileMode.Create, FileAccess.Write))
            {
                CheckedMessage.Write(file, job);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".new", path, overwrite: true);
            return new LocalRun(held, job, isResumed: false);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the job that the output holds.</summary>
    /// <param name="spec">What is asked for now; may differ from what the job began with in nothing that changes its results.</param>
    /// <exception cref="JobInputException">Another process works there, or the results would not be those of the job; names the options.</exception>
    public static LocalRun Resume(JobSpec spec)
    {
        FileStream held = Lock(spec.OutputDirectory);
        try
        {
            Wire.LocalRun job = ReadJob(spec.OutputDirectory);
            JobSpec begun = WireJobs.FromWire(job.Spec);
            string[] differences = [.. JobSpecDifference.Find(begun, spec).Where(difference => difference.ChangesResult).Select(difference => difference.ToString())];
            if (differences.Length > 0)
            {
                throw new JobInputException(
                    $"The unfinished job in '{spec.OutputDirectory}' would give other results: it was begun with {string.Join(", ", differences)}. Repeat its command with --resume, or start anew with --overwrite.");
            }

            if (HashOf(begun.ModelPath) != job.ModelXxh3)
            {
                throw new JobInputException(
                    $"The model '{begun.ModelPath}' is not the one that the unfinished job in '{spec.OutputDirectory}' was begun with. Bring that one back, or start anew with --overwrite.");
            }

            return new LocalRun(held, job, isResumed: true);
        }
        catch (RunFormatException e)
        {
            held.Dispose();
            throw new JobInputException($"{e.Message} Start anew with --overwrite.", e);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The job is over: nothing of the run stays, and the output only if something is in it or it was there before.</summary>
    /// <remarks>The actor system that wrote the journal must have ended.</remarks>
    public void Complete()
    {
        DeleteJournal(Spec.OutputDirectory);
        File.Delete(PathIn(Spec.OutputDirectory, JobName));
        _lock.Dispose();
        Directory.Delete(Path.GetDirectoryName(_lock.Name)!, recursive: true);
        JobOutput.RemoveEmpty(Spec.OutputDirectory, keepDirectory: !_madeOutput);
    }

    /// <summary>Gives the output free. What is there stays, to be gone on with.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>The job of the run in an output; <c>null</c> when there is none.</summary>
    internal static string? JobIdAt(string outputDirectory)
    {
        try
        {
            return ReadJob(outputDirectory).JobId;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or RunFormatException)
        {
            return null;
        }
    }

    /// <summary>Fails when a process works in the output by itself.</summary>
    /// <exception cref="JobInputException">One does.</exception>
    internal static void RequireFree(string outputDirectory)
    {
        if (Directory.Exists(PathIn(outputDirectory, "")))
        {
            Lock(outputDirectory).Dispose();
        }
    }

    private static Wire.LocalRun ReadJob(string outputDirectory)
    {
        using FileStream file = File.OpenRead(PathIn(outputDirectory, JobName));
        return CheckedMessage.Read(file, Wire.LocalRun.Parser);
    }

    private static string PathIn(string outputDirectory, string name) =>
        Path.Combine(JobOutput.WorkAreaOf(outputDirectory), DirectoryName, name);

    // Held by the system for as long as the process lives, and no longer.
    private static FileStream Lock(string outputDirectory)
    {
        string path = PathIn(outputDirectory, LockName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path) && !UserErrors.IsDiskFull(e))
        {
            throw new JobInputException($"Another process is working in the output '{outputDirectory}'. Wait for its end, or give another --output.", e);
        }
    }

    private static void DeleteJournal(string outputDirectory)
    {
        // Connections are kept open for the next use.
        SqliteConnection.ClearAllPools();
        foreach (string file in Directory.EnumerateFiles(PathIn(outputDirectory, ""), JournalName + "*"))
        {
            File.Delete(file);
        }
    }

    private static string HashOf(string? path)
    {
        if (path is null)
        {
            return "";
        }

        if (!Stores.HasFile(path))
        {
            throw new JobInputException($"No model at '{path}'. Give the model.bytemill of a training run with --model.");
        }

        using Stream file = Stores.OpenRead(path);
        return FileHash.Of(file);
    }
}
