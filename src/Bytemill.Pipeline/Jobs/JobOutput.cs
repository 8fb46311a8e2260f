using System.IO.Hashing;
using System.Text;
using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>The output directory of a job: what may be put where, and what is ours to remove.</summary>
public static class JobOutput
{
    /// <summary>Written last: results without it are not complete.</summary>
    public const string SuccessFileName = "_SUCCESS";

    // Beside the results themselves.
    private static readonly string[] s_ownFiles = [ResultManifest.FileName, OutputLedger.FileName, SuccessFileName];

    // Work files away from the output; the rest of the name is the job's id.
    private const string SpillPrefix = "bytemill-";

    // In the output, names the work directory that is elsewhere.
    private const string PointerExtension = ".path";

    /// <summary>Fails unless a job may write to the directory. Touches nothing.</summary>
    /// <param name="directory">Output directory; need not exist.</param>
    /// <param name="overwrite">Whether results of an earlier job may be replaced.</param>
    /// <param name="jobId">The job, when it has begun already: its own files do not stand in its way.</param>
    /// <param name="update">Whether results of an earlier job that are complete may be added to.</param>
    /// <exception cref="JobInputException">Something is there already, or the path is a file.</exception>
    public static void CheckTarget(string directory, bool overwrite, string? jobId = null, bool update = false)
    {
        try
        {
            CheckDirectory(directory, overwrite, jobId, update);
        }
        catch (Exception e) when (StorePath.IsRemote(directory) && e is IOException or UnauthorizedAccessException)
        {
            throw new JobInputException($"The output cannot be used: {e.Message}", e);
        }
    }

    private static void CheckDirectory(string directory, bool overwrite, string? jobId, bool update)
    {
        IStore store = Stores.Of(directory);
        if (store.Find(directory) is not null)
        {
            throw new JobInputException($"The output '{directory}' is a file; give a directory.");
        }

        string inOutput = StorePath.Combine(directory, WorkDirectory.NameInOutput);
        bool hasWork = store.HasDirectory(inOutput) && !(jobId is not null && ForeignIn(inOutput, directory, jobId).Length == 0);
        if (!store.Entries(directory).Any(path => hasWork || path != inOutput))
        {
            return;
        }

        bool hasManifest = ResultManifest.IsAt(directory);
        bool isComplete = hasManifest && IsComplete(directory);
        bool isFinished = isComplete && !LocalRun.IsAt(directory);
        bool isUnfinished = hasManifest || hasWork;
        bool canUpdate = hasManifest && !hasWork && (isComplete || OutputLedger.IsAt(directory));
        if (!isFinished && !isUnfinished)
        {
            throw new JobInputException(
                $"The output '{directory}' holds files that are not a job's results; nothing there is touched. Give an empty or new directory.");
        }

        if (!overwrite && !(update && canUpdate))
        {
            throw new JobInputException(isFinished && hasWork
                ? $"The output '{directory}' holds results, and in '{inOutput}' work files of a job that has not cleaned up. If none runs any more, remove these and try again, or give --overwrite to start anew."
                : isFinished
                ? $"The output '{directory}' holds the results of an earlier job. Give another directory, --overwrite to replace them, or 'tokenize --update' to tokenize only inputs that are new or have changed."
                : LocalRun.IsAt(directory)
                ? $"The output '{directory}' holds an unfinished job. To go on with it, repeat its command with --resume; to start anew, give --overwrite."
                : canUpdate
                ? $"The output '{directory}' holds what is left of an update that failed. To go on from there, give 'tokenize --update'; to start anew, --overwrite."
                : $"The output '{directory}' holds an unfinished job. If it no longer runs, give --overwrite to start anew, or another directory.");
        }
    }

    /// <summary>Whether the results in a directory are complete.</summary>
    internal static bool IsComplete(string directory) => Stores.HasFile(StorePath.Combine(directory, SuccessFileName));

    /// <summary>Writes a file of an output that describes others. It appears as a whole.</summary>
    /// <param name="directory">Output directory.</param>
    /// <param name="name">Relative to it.</param>
    /// <param name="write">Writes the content.</param>
    internal static void Write(string directory, string name, Action<Stream> write)
    {
        string area = WorkAreaOf(directory);
        Directory.CreateDirectory(area);
        string temporary = Path.Combine(area, name.Replace('/', '-'));
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        Stores.Of(directory).Publish(temporary, StorePath.Combine(directory, name));
        if (StorePath.IsRemote(directory))
        {
            // This need not be the node that cleans up.
            Stores.Of(area).DeleteEmptyDirectory(area);
        }
    }

    /// <summary>Fails when a result would replace a file that no earlier job made. Touches nothing.</summary>
    /// <param name="directory">Output directory; need not exist.</param>
    /// <param name="names">Files that the job will make, relative to the directory.</param>
    /// <exception cref="JobInputException">A file stands in the way; names it.</exception>
    internal static void CheckNames(string directory, IEnumerable<string> names)
    {
        HashSet<string> ours = EarlierResults(directory);
        // One look at all of it, where each look is a request.
        HashSet<string>? there = StorePath.IsRemote(directory) ? [.. Stores.Of(directory).Files(directory).Select(file => file.Path)] : null;
        string? foreign = names.Concat(s_ownFiles)
            .Select(name => FullPath(directory, name))
            .FirstOrDefault(path => (there?.Contains(path) ?? Path.Exists(path)) && !ours.Contains(path));
        if (foreign is not null)
        {
            throw new JobInputException(
                $"'{foreign}' would be replaced, but it is not the result of an earlier job. Move it away, or give another --output.");
        }
    }

    /// <summary>Fails when what the job reads is the result of the earlier job that it would replace. Touches nothing.</summary>
    /// <param name="directory">Output directory; need not exist.</param>
    /// <param name="paths">Full paths of what the job reads.</param>
    /// <exception cref="JobInputException">A file would be read and replaced; names it.</exception>
    internal static void CheckInputs(string directory, IEnumerable<string> paths)
    {
        HashSet<string> replaced = EarlierResults(directory);
        if (paths.FirstOrDefault(replaced.Contains) is { } path)
        {
            throw new JobInputException($"'{path}' is read by this job and is one of the results that it would replace. Give another --output.");
        }
    }

    private static HashSet<string> EarlierResults(string directory) =>
        ResultManifest.IsAt(directory)
            ? [.. ResultManifest.Read(directory).FileNames.Concat(s_ownFiles).Select(name => FullPath(directory, name))]
            : [];

    /// <summary>Whether what is done to a directory takes the time of requests.</summary>
    internal static bool IsFar(string directory) => StorePath.IsRemote(directory);

    /// <summary>Whether the directory exists and stays when nothing is in it: one of an object store never does.</summary>
    internal static bool IsThere(string directory) => !StorePath.IsRemote(directory) && Directory.Exists(directory);

    /// <summary>Directory of this machine for what belongs to an output and is no result: inside it, or, of one in an object store, below the user's
    /// local data (<c>XDG_DATA_HOME</c>), under a name made from the output's.</summary>
    internal static string WorkAreaOf(string directory)
    {
        if (!StorePath.IsRemote(directory))
        {
            return Path.Combine(directory, WorkDirectory.NameInOutput);
        }

        return Path.Combine(LocalData, Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(directory))));
    }

    /// <summary>Directory of this machine for what is kept of things that are elsewhere; need not exist.</summary>
    internal static string LocalData =>
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(),
            "bytemill");

    /// <summary>Where a job keeps its work files.</summary>
    internal static string WorkDirectoryOf(JobSpec spec, string jobId) =>
        spec.SpillDirectory is { } spill ? StorePath.Combine(spill, SpillPrefix + jobId)
        : StorePath.IsRemote(spec.OutputDirectory) ? Path.Combine(WorkAreaOf(spec.OutputDirectory), SpillPrefix + jobId)
        : Path.Combine(spec.OutputDirectory, WorkDirectory.NameInOutput, jobId);

    /// <summary>Makes the directory and removes the work files that an unfinished job left there.</summary>
    /// <param name="directory">Output directory.</param>
    /// <param name="work">Work directory of the job that begins. What is in it stays: a coordinator that was slow to die may come late.</param>
    /// <param name="jobId">The job.</param>
    /// <exception cref="JobInputException">Another process works there by itself.</exception>
    internal static void Prepare(string directory, WorkDirectory work, string jobId)
    {
        IStore store = Stores.Of(directory);
        store.CreateDirectory(directory);
        string inOutput = StorePath.Combine(directory, WorkDirectory.NameInOutput);
        if (store.HasDirectory(inOutput))
        {
            if (LocalRun.JobIdAt(directory) != jobId)
            {
                LocalRun.RequireFree(directory);
            }

            foreach (string entry in ForeignIn(inOutput, directory, jobId))
            {
                RemoveWorkOf(store, entry);
            }

            store.GiveUpUnfinished(directory, EarlierResults(directory));
        }

        store.CreateDirectory(inOutput);
        if (PointerTo(directory, work) is { } pointerToWork)
        {
            // An output without it would not tell that its job is unfinished, nor where the rest is.
            store.Write(pointerToWork, Encoding.UTF8.GetBytes(work.Root));
        }
    }

    // What is in the directory and not of this job.
    private static string[] ForeignIn(string inOutput, string directory, string jobId)
    {
        bool isOwnRun = LocalRun.JobIdAt(directory) == jobId;
        return
        [
            .. Stores.Of(inOutput).Entries(inOutput).Where(path => Path.GetFileName(path) is var name
                && name != jobId && name != SpillPrefix + jobId + PointerExtension && !(isOwnRun && name == LocalRun.DirectoryName)),
        ];
    }

    private static void RemoveWorkOf(IStore store, string entry)
    {
        if (Directory.Exists(entry))
        {
            Directory.Delete(entry, recursive: true);
            return;
        }

        if (entry.EndsWith(PointerExtension, StringComparison.Ordinal) && Stores.ReadAllText(entry) is var left
            && Path.GetFileName(left).StartsWith(SpillPrefix, StringComparison.Ordinal))
        {
            WorkDirectory.At(left).Delete();
        }

        store.Delete([entry]);
    }

    private static string? PointerTo(string directory, WorkDirectory work)
    {
        string name = Path.GetFileName(work.Root);
        return name.StartsWith(SpillPrefix, StringComparison.Ordinal)
            ? StorePath.Combine(StorePath.Combine(directory, WorkDirectory.NameInOutput), name + PointerExtension)
            : null;
    }

    /// <summary>Removes the results that a manifest of an earlier job lists, and nothing else.</summary>
    /// <param name="directory">Output directory.</param>
    /// <param name="stay">Full paths of those that stay. With any, the manifest stays too, until another takes its place.</param>
    internal static void RemoveEarlierResults(string directory, IReadOnlySet<string>? stay = null)
    {
        // First the mark: from here on the old results do not count as complete.
        IStore store = Stores.Of(directory);
        store.Delete([StorePath.Combine(directory, SuccessFileName)]);
        if (!ResultManifest.IsAt(directory))
        {
            return;
        }

        string root = FullPath(directory, "");
        root = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        ResultManifest earlier = ResultManifest.Read(directory);
        string card = FullPath(directory, DatasetCard.FileName);
        store.Delete(earlier.FileNames.Append(OutputLedger.FileName)
            .Select(name => FullPath(directory, name))
            .Where(path => path.StartsWith(root, StringComparison.Ordinal) && path != card && stay?.Contains(path) != true));
        store.DeleteEmptyDirectory(StorePath.Combine(directory, KeptCounts.DirectoryName));
        if (earlier.DatasetCard == DatasetCard.FileName && stay?.Contains(card) != true)
        {
            DatasetCard.Remove(directory);
        }

        if (stay is not { Count: > 0 })
        {
            store.Delete([StorePath.Combine(directory, ResultManifest.FileName)]);
        }
    }

    /// <summary>Removes what a job published of its results before it failed.</summary>
    internal static void RemoveUnfinishedResults(string directory)
    {
        if (!Stores.HasFile(StorePath.Combine(directory, SuccessFileName)))
        {
            Stores.Of(directory).GiveUpUnfinished(directory, EarlierResults(directory));
            RemoveEarlierResults(directory);
        }
    }

    /// <summary>Removes a job's work files, and the output directory where nothing else is in it.</summary>
    /// <param name="directory">Output directory.</param>
    /// <param name="work">The job's work directory.</param>
    /// <param name="keepDirectory">Whether the output directory stays though it is empty, since it is not the job's.</param>
    internal static void RemoveWorkFiles(string directory, WorkDirectory work, bool keepDirectory)
    {
        work.Delete();
        if (PointerTo(directory, work) is { } pointer)
        {
            Stores.Of(directory).Delete([pointer]);
        }

        RemoveEmpty(directory, keepDirectory);
    }

    /// <summary>Removes the place for work files, and the output directory, where nothing is in them.</summary>
    internal static void RemoveEmpty(string directory, bool keepDirectory)
    {
        // Of this machine, wherever the output is.
        Stores.Of(WorkAreaOf(directory)).DeleteEmptyDirectory(WorkAreaOf(directory));
        if (!keepDirectory)
        {
            Stores.Of(directory).DeleteEmptyDirectory(directory);
        }
    }

    private static string FullPath(string directory, string name) => StorePath.Full(StorePath.Combine(directory, name));
}
