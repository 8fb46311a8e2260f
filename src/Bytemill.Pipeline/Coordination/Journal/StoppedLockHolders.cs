using System.Diagnostics;
using System.Globalization;

namespace Bytemill.Pipeline;

/// <summary>A process that stands still (SIGSTOP, or suspended by its shell) while it has a file locked.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Program">Full path of its executable; empty where that may not be read.</param>
internal sealed record StoppedLockHolder(int Id, string Program);

/// <summary>
/// Finds and ends processes of this machine that stand still in the middle of a write to an SQLite file: the kernel keeps their
/// locks (fcntl) for as long as they live, and nobody else gets at the file. Linux only; elsewhere none are found.
/// </summary>
/// <remarks>Source: proc(5), <c>/proc/PID/stat</c>, <c>/proc/PID/fd</c> and the <c>lock:</c> lines of <c>/proc/PID/fdinfo</c>.</remarks>
internal static class StoppedLockHolders
{
    private const char Stopped = 'T';

    /// <summary>
    /// Ends those that are the same program as this one. They are nodes that the cluster has put out, or is about to: awake they would end by
    /// themselves. Others, such as a suspended shell of SQLite, are only named.
    /// </summary>
    /// <param name="path">The locked file.</param>
    /// <param name="warn">Told of each in a sentence.</param>
    public static void PutOut(string path, Action<string> warn) => PutOut(path, Environment.ProcessPath ?? "", warn);

    internal static void PutOut(string path, string program, Action<string> warn)
    {
        foreach (StoppedLockHolder holder in Find(path))
        {
            if (RealPath.Of(program) != holder.Program || !TryKill(holder.Id))
            {
                warn($"Process {holder.Id} ({holder.Program}) stands still and keeps {path} locked: let it go on (kill -CONT {holder.Id}) or end it");
                continue;
            }

            warn($"Ended process {holder.Id}, a node that stood still and kept {path} locked");
        }
    }

    /// <summary>Looks at all processes that this user may look at, but the own one.</summary>
    /// <param name="path">The locked file.</param>
    public static IReadOnlyList<StoppedLockHolder> Find(string path)
    {
        List<StoppedLockHolder> found = [];
        string real = RealPath.Of(Path.GetFullPath(path));
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }

        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id == Environment.ProcessId)
            {
                continue;
            }

            try
            {
                if (StateIn(File.ReadAllText($"{directory}/stat")) == Stopped && HasLocked(directory, real))
                {
                    found.Add(new StoppedLockHolder(id, new FileInfo($"{directory}/exe").LinkTarget ?? ""));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or is another user's.
            }
        }

        return found;
    }

    // After the program's name, which stands in brackets and may hold anything.
    internal static char StateIn(string stat) => stat.LastIndexOf(')') is var end and >= 0 && end + 2 < stat.Length ? stat[end + 2] : '?';

    private static bool HasLocked(string directory, string real)
    {
        foreach (string file in Directory.EnumerateFileSystemEntries($"{directory}/fd"))
        {
            if (new FileInfo(file).LinkTarget == real
                && File.ReadLines($"{directory}/fdinfo/{Path.GetFileName(file)}").Any(line => line.StartsWith("lock:", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryKill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself, or may not be ended by this user: then it is named.
            return e is not System.ComponentModel.Win32Exception;
        }
    }
}
