using System.Globalization;

namespace Bytemill.Pipeline;

/// <summary>How much memory this process may have: the machine's, or its container's when that is less.</summary>
public static class MachineMemory
{
    /// <summary>Bytes that machine or container has; on Linux cgroup limits (versions 1 and 2) of the process and all its parents count.</summary>
    public static long LimitBytes()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

        // In a container the runtime takes three quarters of the limit for its own; the limit itself is in the cgroup's files.
        if (OperatingSystem.IsLinux() && ReadCgroupLimit("/proc/self/cgroup", "/sys/fs/cgroup") is { } container && limit <= container)
        {
            limit = Math.Min(container, PhysicalBytes("/proc/meminfo") ?? container);
        }

        return limit;
    }

    /// <summary>Half of <see cref="LimitBytes"/>.</summary>
    public static long DefaultBudgetBytes() => LimitBytes() / 2;

    /// <summary>Smallest memory limit of a process' cgroup and its parents; <c>null</c> when there is none.</summary>
    /// <param name="cgroupFile">As <c>/proc/self/cgroup</c>: lines of <c>number:controllers:path</c>.</param>
    /// <param name="mountPoint">Where the cgroup file system is mounted.</param>
    internal static long? ReadCgroupLimit(string cgroupFile, string mountPoint)
    {
        if (!File.Exists(cgroupFile))
        {
            return null;
        }

        long? smallest = null;
        foreach (string line in File.ReadLines(cgroupFile))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
            {
                continue;
            }

            (string Root, string FileName)? hierarchy =
                parts[1].Length == 0 ? (mountPoint, "memory.max")
                : parts[1].Split(',').Contains("memory") ? (Path.Combine(mountPoint, "memory"), "memory.limit_in_bytes")
                : null;
            if (hierarchy is not { } found)
            {
                continue;
            }

            // Inside a container the path may be that of the host, which is not mounted here: then the root is the container's.
            string directory = parts[2].Trim('/');
            while (true)
            {
                if (ReadLimit(Path.Combine(found.Root, directory, found.FileName)) is { } limit && (smallest is null || limit < smallest))
                {
                    smallest = limit;
                }

                if (directory.Length == 0)
                {
                    break;
                }

                directory = Path.GetDirectoryName(directory) ?? "";
            }
        }

        return smallest;
    }

    // No limit is "max" in version 2, and a number near 2^63 in version 1.
    private static long? ReadLimit(string path) =>
        File.Exists(path)
        && long.TryParse(File.ReadAllText(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
        && limit < long.MaxValue / 2
            ? limit
            : null;

    private static long? PhysicalBytes(string path)
    {
        const string Label = "MemTotal:";
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal)) : null;
        return line is not null
            && long.TryParse(line.AsSpan(Label.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
                ? kilobytes * 1024
                : null;
    }
}
