using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Names of attempts, as <see cref="WorkDirectory"/> makes them.</summary>
internal static class SimulatedAttempt
{
    public static string NameOf(TaskIdentity task, int unique) =>
        string.Create(CultureInfo.InvariantCulture, $"{DirectoryOf(task.Stage)}/t{task.Index:D6}-e{task.Job.Epoch}-a{task.Attempt}-{unique}");

    public static string DirectoryOf(int stage) => string.Create(CultureInfo.InvariantCulture, $"stages/s{stage:D4}");

    /// <summary>The name without what tells two runs of one attempt apart.</summary>
    public static string AttemptOf(string directory) => directory[..directory.LastIndexOf('-')];

    public static long EpochOf(string directory) => long.Parse(directory.Split('-')[1].AsSpan(1), CultureInfo.InvariantCulture);
}
