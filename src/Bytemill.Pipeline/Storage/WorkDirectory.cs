using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Training;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>
/// The layout of a job's work files, wherever they are. Attempts appear under <c>stages/</c>, as a whole, when they are complete; only those that a stage
/// manifest names are ever read. Names carry epoch, attempt and a random part, so no two attempts can meet.
/// </summary>
public abstract class WorkDirectory : IDisposable
{
    /// <summary>Name of the directory inside a job's output that holds its work files while it runs.</summary>
    public const string NameInOutput = "_bytemill";

    /// <summary>Written first and deleted first: where it is, the job's files are wanted.</summary>
    private protected const string PlanName = "plan.pb";

    private const string TimesName = "times.pb";
    private const string StagesName = "stages";

    private protected WorkDirectory(string root, IStore store) => (Root, Store) = (root, store);

    /// <summary>Full path of the directory.</summary>
    public string Root { get; }

    /// <summary>Full path of a directory of this machine for what an object store cannot do; <c>null</c> where the files are on a disk.</summary>
    internal virtual string? LocalDirectory => null;

    private protected IStore Store { get; }

    private protected string Stages => PathOf(StagesName);

    /// <summary>The work files of a job.</summary>
    /// <param name="root">Full path of their directory.</param>
    /// <param name="makeRoom">Finds room on this machine for what an object store cannot do; <c>null</c> where files of attempts are neither written nor read.</param>
    internal static WorkDirectory At(string root, Func<LocalRoom>? makeRoom = null) =>
        StorePath.IsRemote(root) ? new RemoteWorkDirectory(root, Stores.Of(root), makeRoom ?? (() => throw new InvalidOperationException("Only names and messages were to be used.")))
        : new LocalWorkDirectory(root);

    /// <summary>Makes the directory and its parts.</summary>
    public abstract void Create();

    /// <summary>Deletes everything of the job; no error when nothing is there.</summary>
    public abstract void Delete();

    /// <summary>Lets go of what is held on this machine to read the files.</summary>
    public abstract void Dispose();

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
        string pending = CreatePending($"{stage}-{name}");
        string scratch = spillDirectory is null ? Path.Combine(pending, "scratch") : Path.Combine(spillDirectory, $"bytemill-{stage}-{name}");
        return new AttemptDirectory(this, pending, CommittedName(stage, name), scratch, residentSet);
    }

    /// <summary>Temporary files that no single attempt owns; made when the first is needed.</summary>
    internal abstract FileScratchSpace NodeScratch(ResidentSetGuard residentSet);

    /// <summary>Makes an attempt's files visible under its name, all of them or none.</summary>
    /// <param name="pending">Full path of the directory with its files, and nothing else; not the caller's afterwards.</param>
    /// <param name="committed">Its name, relative to this directory.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="DirectoryNotFoundException">The job has ended and its files are gone, as after a long stop of this process.</exception>
    internal abstract void Commit(string pending, string committed, CancellationToken cancellation);

    /// <summary>Opens a file of a committed attempt for reading at any position.</summary>
    /// <param name="attemptDirectory">Name of the attempt.</param>
    /// <param name="file">Name of the file.</param>
    internal abstract Stream OpenRead(string attemptDirectory, string file);

    /// <summary>Openers of the same file of several committed attempts, which are likely to be called in their order.</summary>
    /// <param name="attemptDirectories">Names of the attempts.</param>
    /// <param name="file">Name of the file.</param>
    internal virtual IReadOnlyList<RunOpener> OpenAll(ImmutableArray<string> attemptDirectories, string file) =>
        [.. attemptDirectories.Select(attempt => (RunOpener)(() => OpenRead(attempt, file)))];

    /// <summary>A file of a committed attempt, as one of this machine that can be mapped.</summary>
    /// <param name="attemptDirectory">Name of the attempt.</param>
    /// <param name="file">Name of the file.</param>
    internal abstract HeldFile Hold(string attemptDirectory, string file);

    /// <summary>Whether all files of a committed attempt can be read and are what was written: the files themselves, and no copies of them.</summary>
    /// <param name="attemptDirectory">Name of the attempt.</param>
    /// <param name="stage">What its task did.</param>
    internal abstract bool IsWhole(string attemptDirectory, StageKind stage);

    /// <summary>Deletes copies of work files that this machine has for itself: one of them may be damaged.</summary>
    internal abstract void DropCopies();

    /// <summary>Puts a committed file where it is to stay; what is here may be gone afterwards.</summary>
    /// <param name="source">Its full path here.</param>
    /// <param name="target">Full path of where it goes, in any store; what may be there is replaced, as a whole.</param>
    /// <param name="cancellation">Breaks it off.</param>
    internal abstract void Publish(string source, string target, CancellationToken cancellation);

    /// <summary>Whether a name that another node reports can be one of a committed attempt, and nothing outside the work directory.</summary>
    internal static bool IsAttemptName(string attemptDirectory) =>
        attemptDirectory.Split('/', '\\') is { Length: 3 } parts && parts[0] == StagesName && !parts.Contains("..") && !parts.Contains("");

    /// <summary>Full path of a committed attempt.</summary>
    public string Resolve(string attemptDirectory) => PathOf(attemptDirectory);

    /// <summary>Deletes committed attempts that nobody reads any more, as far as it can.</summary>
    /// <param name="directory">Directory of theirs, relative to this one.</param>
    /// <remarks>
    /// At this very moment a superseded attempt may commit into the directory, or another node hold a file of it. What is left
    /// costs space until the job ends and nothing else, so it is no reason to fail.
    /// </remarks>
    public abstract void DeleteUnread(string directory);

    /// <summary>Deletes attempts that earlier coordinators gave out and that are not committed, as far as it can.</summary>
    /// <param name="epoch">Number of the present coordinator. One that has been replaced knows no higher one, so it leaves its successors' attempts alone.</param>
    /// <param name="committed">Attempts that count, relative to this directory.</param>
    internal void DeleteAbandoned(long epoch, HashSet<string> committed) => DeleteOthers(
        PendingNames("").Concat(Store.Entries(Stages).SelectMany(path => CommittedNames(Path.GetFileName(path)))), epoch - 1, committed);

    /// <summary>Deletes attempts at a complete stage, running or not, that are not the committed ones, as far as it can.</summary>
    /// <param name="stage">Number of the stage.</param>
    /// <param name="epoch">Number of the coordinator: attempts that a later one gave out stay.</param>
    /// <param name="committed">Attempts that count, relative to this directory.</param>
    internal void DeleteAbandonedOf(int stage, long epoch, HashSet<string> committed) =>
        DeleteOthers(PendingNames(StageName(stage) + "-").Concat(CommittedNames(StageName(stage))), epoch, committed);

    /// <summary>Lengths of the files of all attempts that are committed in a directory of theirs.</summary>
    /// <param name="directory">The directory, relative to this one.</param>
    /// <returns>By name of the attempt, its files by name.</returns>
    internal Dictionary<string, Dictionary<string, long>> FilesIn(string directory) => Store.Files(PathOf(directory))
        .GroupBy(file => Path.GetFileName(StorePath.DirectoryOf(file.Path)), StringComparer.Ordinal)
        .ToDictionary(
            attempt => attempt.Key,
            attempt => attempt.ToDictionary(file => Path.GetFileName(file.Path), file => file.LengthBytes, StringComparer.Ordinal),
            StringComparer.Ordinal);

    /// <summary>Whether a directory is there.</summary>
    internal bool HasDirectory(string directory) => Store.HasDirectory(PathOf(directory));

    internal bool HasPlan => HasManifest(PlanName);

    internal bool IsPlanWhole => IsMessageWhole(PlanName);

    internal bool HasManifest(string name) => Store.Find(PathOf(name)) is not null;

    internal bool IsManifestWhole(string name) => HasManifest(name) && IsMessageWhole(name);

    internal void WritePlan(JobPlan plan) => WriteWhole(PlanName, WireJobs.ToWire(plan));

    internal JobPlan ReadPlan() => WireJobs.FromWire(Read(PlanName, Wire.JobPlan.Parser));

    internal void WriteManifest(string name, StageManifest manifest) => WriteWhole(name, WireStages.ToWire(manifest));

    internal StageManifest ReadManifest(string name) => WireStages.FromWire(Read(name, Wire.StageManifest.Parser));

    internal void WriteStageTimes(Wire.StageTimes times) => WriteWhole(TimesName, times);

    internal Wire.StageTimes ReadStageTimes() => Read(TimesName, Wire.StageTimes.Parser);

    /// <summary>Full path of something in the directory.</summary>
    private protected string PathOf(string name) => StorePath.Combine(Root, StorePath.IsRemote(Root) ? name.Replace('\\', '/') : name);

    /// <summary>Makes a directory of this machine for the files of an attempt until they are committed.</summary>
    private protected abstract string CreatePending(string name);

    /// <summary>Attempts that are not committed, relative to this directory, as far as they are in it.</summary>
    /// <param name="prefix">What their names begin with.</param>
    private protected abstract IEnumerable<string> PendingNames(string prefix);

    /// <summary>Writes a small file, in place of one that may be there. It appears as a whole.</summary>
    private protected abstract void WriteWhole(string name, Action<Stream> write);

    private void WriteWhole(string name, IMessage message) => WriteWhole(name, file => CheckedMessage.Write(file, message));

    private void DeleteOthers(IEnumerable<string> attempts, long lastEpoch, HashSet<string> committed)
    {
        foreach (string attempt in attempts)
        {
            if (EpochOf(Path.GetFileName(attempt)) <= lastEpoch && !committed.Contains(attempt))
            {
                DeleteUnread(attempt);
            }
        }
    }

    private IEnumerable<string> CommittedNames(string stage) =>
        Store.Entries(PathOf($"{StagesName}/{stage}")).Select(path => CommittedName(stage, Path.GetFileName(path)));

    private static string CommittedName(string stage, string name) => Path.Combine(StagesName, stage, name);

    // Of a name as BeginAttempt makes it; of another, a number that no coordinator is above.
    private static long EpochOf(string name) =>
        name.Split('-').FirstOrDefault(part => part.Length > 1 && part[0] == 'e' && long.TryParse(part.AsSpan(1), CultureInfo.InvariantCulture, out _)) is { } part
            ? long.Parse(part.AsSpan(1), CultureInfo.InvariantCulture)
            : long.MaxValue;

    private T Read<T>(string name, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using Stream file = OpenMessage(name);
        return CheckedMessage.Read(file, parser);
    }

    private bool IsMessageWhole(string name)
    {
        try
        {
            using Stream file = OpenMessage(name);
            CheckedMessage.ReadThrough(file);
            return true;
        }
        catch (RunFormatException)
        {
            return false;
        }
    }

    private Stream OpenMessage(string name) => Stores.OpenRead(PathOf(name));

    private static string StageName(int stage) => string.Create(CultureInfo.InvariantCulture, $"s{stage:D4}");
}
