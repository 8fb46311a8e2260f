using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Bytemill.Chaos;

/// <summary>What is known of each kind of fault beforehand.</summary>
public static partial class FaultKinds
{
    public static ImmutableArray<FaultKind> All { get; } = [.. Enum.GetValues<FaultKind>()];

    /// <summary>The name on the command line and in tables: <c>kill-worker</c>.</summary>
    public static string Name(this FaultKind kind) => Capital().Replace(kind.ToString(), "-$0").TrimStart('-').ToLowerInvariant();

    /// <summary>The kind of that name; <c>null</c> when there is none.</summary>
    public static FaultKind? Parse(string name) =>
        All.Where(kind => kind.Name() == name).Select(kind => (FaultKind?)kind).FirstOrDefault();

    /// <summary>Whether nodes must live in network namespaces.</summary>
    public static bool NeedsNamespaces(this FaultKind kind) =>
        kind is FaultKind.CutOneOff or FaultKind.CutCoordinatorOff or FaultKind.SplitInHalves;

    /// <summary>Whether the work files must lie on a disk of their own.</summary>
    public static bool NeedsSmallDisk(this FaultKind kind) => kind == FaultKind.FullDisk;

    /// <summary>
    /// Whether the process that waits for the job may be put out together with the side of the cluster that it was on. The job must end well all
    /// the same.
    /// </summary>
    public static bool MayLoseClient(this FaultKind kind) =>
        kind is FaultKind.KillTwo or FaultKind.KillAll or FaultKind.CutCoordinatorOff or FaultKind.SplitInHalves;

    /// <summary>Whether files are lost that a stage reads, so that an earlier one must be done again.</summary>
    public static bool MayGoBack(this FaultKind kind) => kind is FaultKind.DamageFile or FaultKind.DeleteFile;

    /// <summary>Whether a task may be done again only because the victim had it in hand.</summary>
    public static bool CostsOnlyTasksInFlight(this FaultKind kind) => kind is FaultKind.KillWorker or FaultKind.KillShardOwner;

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
