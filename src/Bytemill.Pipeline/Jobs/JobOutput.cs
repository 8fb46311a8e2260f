
namespace Bytemill.Pipeline;

/// <summary>The output directory of a job: what may be put where, and what is ours to remove.</summary>
public static class JobOutput
{
    /// <summary>Written last: results without it are not complete.</summary>
    public const string SuccessFileName = "_SUCCESS";

    /// <summary>Fails unless a job may write to the directory. Touches nothing.</summary>
    /// <param name="directory">Output directory; need not exist.</param>
    /// <param name="overwrite">Whether results of an earlier job may be replaced.</param>
    /// <exception cref="JobInputException">Something is there already, or the path is a file.</exception>
    public static void CheckTarget(string directory, bool overwrite)
    {
        if (File.Exists(directory))
        {
            throw new JobInputException($"The output '{directory}' is a file; give a directory.");
        }

        if (!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            return;
        }

        bool isFinished = File.Exists(Path.Combine(directory, SuccessFileName)) && ResultManifest.IsAt(directory);
        bool isUnfinished = Directory.Exists(Path.Combine(directory, WorkDirectory.NameInOutput));
        if (!isFinished && !isUnfinished)
        {
            throw new JobInputException(
                $"The output '{directory}' holds files that are not a job's results; nothing there is touched. Give an empty or new directory.");
        }

        if (!overwrite)
        {
            throw new JobInputException(isFinished
                ? $"The output '{directory}' holds the results of an earlier job. Give another directory, or --overwrite to replace them."
                : $"The output '{directory}' holds an unfinished job. If it no longer runs, give --overwrite to start anew, or another directory.");
        }
    }

    /// <summary>Makes the directory and removes the work files that an unfinished job left there.</summary>
    internal static void Prepare(string directory)
    {
        Directory.CreateDirectory(directory);
        string work = Path.Combine(directory, WorkDirectory.NameInOutput);
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Removes the results that a manifest of an earlier job lists, and nothing else.</summary>
    internal static void RemoveEarlierResults(string directory)
    {
        // First the mark: from here on the old results do not count as complete.
        File.Delete(Path.Combine(directory, SuccessFileName));
        if (!ResultManifest.IsAt(directory))
        {
            return;
        }

        ResultManifest earlier = ResultManifest.Read(directory);
        string root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;
        foreach (string name in earlier.Models.Select(model => model.Path).Concat(earlier.Outputs.Select(output => output.Path)))
        {
            string path = Path.GetFullPath(Path.Combine(directory, name));
            if (path.StartsWith(root, StringComparison.Ordinal))
            {
                DeleteFileIfThere(path);
            }
        }

        File.Delete(Path.Combine(directory, ResultManifest.FileName));
    }

    /// <summary>Removes a job's work files, and the output directory where nothing else is in it.</summary>
    internal static void RemoveWorkFiles(string directory, WorkDirectory work)
    {
        work.Delete();
        RemoveIfEmpty(Path.Combine(directory, WorkDirectory.NameInOutput));
        RemoveIfEmpty(directory);
    }

    private static void DeleteFileIfThere(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    private static void RemoveIfEmpty(string directory)
    {
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
