using System.Collections.Immutable;

namespace Bytemill.Chaos;

/// <summary>Does damage to the files of a running job that are committed: the layout is that of the program's <c>WorkDirectory</c>.</summary>
internal static class WorkFiles
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Flips a bit of a committed file.</summary>
    /// <returns>The file, relative to the output.</returns>
    public static Task<string> DamageAsync(string output, RoundPlan plan, CancellationToken cancellation) =>
        WithAnAttemptAsync(
            output,
            plan,
            attempt =>
            {
                // A tokenized file is published as it lies there, like any file that is done: its checksum is in the manifest.
                string path = ChooseFile(attempt, plan, name => name != "tokenized.parquet");

                // By a new file in the old one's place: what a process has read or mapped already is not what a disk loses.
                byte[] bytes = File.ReadAllBytes(path);
                bytes[plan.Picks[2] % bytes.Length] ^= (byte)(1 << (plan.Picks[3] % 8));
                string damaged = output + ".damaged";
                File.WriteAllBytes(damaged, bytes);
                File.Move(damaged, path, overwrite: true);
                return path;
            },
            cancellation);

    /// <summary>Deletes a committed file, or every second time the directory of the attempt.</summary>
    /// <returns>What was deleted, relative to the output.</returns>
    public static Task<string> DeleteAsync(string output, RoundPlan plan, CancellationToken cancellation) =>
        WithAnAttemptAsync(
            output,
            plan,
            attempt =>
            {
                if (plan.Picks[2] % 2 == 0)
                {
                    Directory.Delete(attempt, recursive: true);
                    return attempt;
                }

                string path = ChooseFile(attempt, plan, _ => true);
                File.Delete(path);
                return path;
            },
            cancellation);

    // Stages are deleted as soon as nobody reads them any more: then the next one has files, or will have.
    private static async Task<string> WithAnAttemptAsync(string output, RoundPlan plan, Func<string, string> damage, CancellationToken cancellation)
    {
        while (!File.Exists(Path.Combine(output, "_SUCCESS")))
        {
            try
            {
                ImmutableArray<string> attempts = AttemptsOfLastStage(output);
                if (attempts.Length > 0)
                {
                    return Path.GetRelativePath(output, damage(plan.Choose(attempts, 1)[0]));
                }
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                // Deleted while we looked.
            }

            await Task.Delay(s_lookAgain, cancellation).ConfigureAwait(false);
        }

        return "nothing, the job was faster";
    }

    // In the order of stage and task: the rest of a name is random.
    private static ImmutableArray<string> AttemptsOfLastStage(string output) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(output, "_bytemill"))
            .Select(job => Path.Combine(job, "stages"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
            .Select(stage => Directory.GetDirectories(stage))
            .FirstOrDefault(attempts => attempts.Length > 0, [])
            .Order(StringComparer.Ordinal),
    ];

    private static string ChooseFile(string attempt, RoundPlan plan, Func<string, bool> isTaken)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(attempt)
                .Where(path => new FileInfo(path).Length > 0 && isTaken(Path.GetFileName(path)))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files[plan.Picks[1] % files.Length]
            : throw new FileNotFoundException($"No file with anything in it in '{attempt}'.");
    }
}
