using System.Globalization;
using Bytemill.Training;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>
/// The layout of a job's work files. Attempts are written under <c>attempts/</c> and appear under <c>stages/</c> by one
/// rename when complete; only those that a stage manifest names are ever read. Names carry epoch, attempt and a random part,
/// so no two attempts can meet.
/// </summary>
public sealed class WorkDirectory
{
    /// <summary>Name of the directory inside a job's output that holds its work files while it runs.</summary>
    public const string NameInOutput = "_bytemill";

    private const string PlanName = "plan.pb";
    private const string TimesName = "times.pb";

    /// <param name="root">Absolute path; created by <see cref="Create"/>.</param>
    public WorkDirectory(string root) => Root = root;

    /// <summary>Absolute path of the directory.</summary>
    public string Root { get; }

    private string Attempts => Path.Combine(Root, "attempts");

    private string Stages => Path.Combine(Root, "stages");

    /// <summary>Makes the directory and its parts.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Attempts);
        Directory.CreateDirectory(Stages);
    }

    /// <summary>Deletes everything of the job; no error when nothing is there.</summary>
    public void Delete()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    /// <summary>A fresh directory for one attempt at a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="spillDirectory">Where its temporary files go; <c>null</c> for beside the attempt's own.</param>
    /// <param name="residentSet">Keeps what they map within the process's memory; <c>null</c> for nothing.</param>
    internal AttemptDirectory BeginAttempt(TaskIdentity task, string? spillDirectory = null, ResidentSetGuard? residentSet = null)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"t{task.Index:D6}-e{task.Job.Epoch}-a{task.Attempt}-{Guid.NewGuid():N}");
        string stage = StageName(task.Stage);
        string pending = Path.Combine(Attempts, stage + "-" + name);
        Subdirectory.Create(pending);
        string scratch = spillDirectory is null ? Path.Combine(pending, "scratch") : Path.Combine(spillDirectory, $"bytemill-{stage}-{name}");
        return new AttemptDirectory(Root, pending, Path.Combine("stages", stage, name), scratch, residentSet);
    }

    /// <summary>Temporary files that no single attempt owns; made when the first is needed.</summary>
    internal FileScratchSpace NodeScratch(ResidentSetGuard residentSet) => new(Path.Combine(Attempts, "node-" + Guid.NewGuid().ToString("N")), residentSet);

    /// <summary>Whether a name that another node reports can be one of a committed attempt, and nothing outside the work directory.</summary>
    internal static bool IsAttemptName(string attemptDirectory) =>
        attemptDirectory.Split('/', '\\') is { Length: 3 } parts && parts[0] == "stages" && !parts.Contains("..") && !parts.Contains("");

    /// <summary>Full path of a committed attempt.</summary>
    public string Resolve(string attemptDirectory) => Path.Combine(Root, attemptDirectory);

    /// <summary>Deletes committed attempts that nobody reads any more, as far as it can.</summary>
    /// <param name="directory">Directory of theirs, relative to this one.</param>
    /// <remarks>
    /// At this very moment a superseded attempt may commit into the directory, or another node hold a file of it. What is left
    /// costs space until the job ends and nothing else, so it is no reason to fail.
    /// </remarks>
    public void DeleteUnread(string directory)
    {
        string path = Path.Combine(Root, directory);
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // See the remarks.
        }
    }

    /// <summary>Deletes attempts that earlier coordinators gave out and that are not committed, as far as it can.</summary>
    /// <param name="epoch">Number of the present coordinator. One that has been replaced knows no higher one, so it leaves its successors' attempts alone.</param>
    /// <param name="committed">Attempts that count, relative to this directory.</param>
    internal void DeleteAbandoned(long epoch, HashSet<string> committed)
    {
        IEnumerable<string> candidates = Directory.EnumerateDirectories(Attempts)
            .Concat(Directory.EnumerateDirectories(Stages).SelectMany(Directory.EnumerateDirectories));
        foreach (string path in candidates)
        {
            string relative = Path.GetRelativePath(Root, path);
            if (EpochOf(Path.GetFileName(path)) < epoch && !committed.Contains(relative))
            {
                DeleteUnread(relative);
            }
        }
    }

    /// <summary>Deletes attempts at a complete stage, running or not, that are not the committed ones, as far as it can.</summary>
    /// <param name="stage">Number of the stage.</param>
    /// <param name="epoch">Number of the coordinator: attempts that a later one gave out stay.</param>
    /// <param name="committed">Attempts that count, relative to this directory.</param>
    internal void DeleteAbandonedOf(int stage, long epoch, HashSet<string> committed)
    {
        string name = StageName(stage);
        string done = Path.Combine(Stages, name);
        IEnumerable<string> candidates = Directory.EnumerateDirectories(Attempts, name + "-*")
            .Concat(Directory.Exists(done) ? Directory.EnumerateDirectories(done) : []);
        foreach (string path in candidates)
        {
            string relative = Path.GetRelativePath(Root, path);
            if (EpochOf(Path.GetFileName(path)) <= epoch && !committed.Contains(relative))
            {
                DeleteUnread(relative);
            }
        }
    }

    // Of a name as BeginAttempt makes it; of another, a number that no coordinator is above.
    private static long EpochOf(string name) =>
        name.Split('-').FirstOrDefault(part => part.Length > 1 && part[0] == 'e' && long.TryParse(part.AsSpan(1), CultureInfo.InvariantCulture, out _)) is { } part
            ? long.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)
            : long.MaxValue;

    internal bool HasPlan => File.Exists(Path.Combine(Root, PlanName));

    internal bool IsPlanWhole => IsWhole(PlanName);

    internal bool HasManifest(string name) => File.Exists(Path.Combine(Root, name));

    internal bool IsManifestWhole(string name) => HasManifest(name) && IsWhole(name);

    internal void WritePlan(JobPlan plan) => WriteAtomically(PlanName, WireJobs.ToWire(plan));

    internal JobPlan ReadPlan() => WireJobs.FromWire(Read(PlanName, Wire.JobPlan.Parser));

    internal void WriteManifest(string name, StageManifest manifest) => WriteAtomically(name, WireStages.ToWire(manifest));

    internal StageManifest ReadManifest(string name) => WireStages.FromWire(Read(name, Wire.StageManifest.Parser));

    internal void WriteStageTimes(Wire.StageTimes times) => WriteAtomically(TimesName, times);

    internal Wire.StageTimes ReadStageTimes() => Read(TimesName, Wire.StageTimes.Parser);

    private T Read<T>(string name, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using FileStream file = File.OpenRead(Path.Combine(Root, name));
        return CheckedMessage.Read(file, parser);
    }

    private bool IsWhole(string name)
    {
        try
        {
            using FileStream file = File.OpenRead(Path.Combine(Root, name));
            CheckedMessage.ReadThrough(file);
            return true;
        }
        catch (RunFormatException)
        {
            return false;
        }
    }

    private void WriteAtomically(string name, IMessage message)
    {
        string temporary = Path.Combine(Attempts, name + "." + Guid.NewGuid().ToString("N"));
        using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            CheckedMessage.Write(file, message);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path.Combine(Root, name), overwrite: true);
    }

    private static string StageName(int stage) => string.Create(CultureInfo.InvariantCulture, $"s{stage:D4}");
}
