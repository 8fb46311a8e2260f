using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// Work files in an object store. An attempt writes on a disk of its node, and its files are put up when it commits, under its own name; who reads them
/// gets copies on a disk of his own.
/// </summary>
/// <remarks>
/// The plan is deleted before all else. So of an attempt that commits after the end of its job, either the files are there when those to delete are listed,
/// or its node sees that there is no plan and deletes them itself.
/// </remarks>
internal sealed class RemoteWorkDirectory : WorkDirectory
{
    // Large ones go up in several parts at once by themselves.
    private const int UploadsAtOnce = 4;

    // Files whose beginnings are fetched while those before them are read.
    private const int OpenedAhead = 8;

    // Of which every task of the next stage reads another part.
    private static readonly string[] s_readInParts = [WorkFileNames.Run, WorkFileNames.ShuffleRows];

    private readonly Lazy<LocalRoom> _room;
    private readonly Lazy<WorkCopies> _copies;
    private readonly Lock _gate = new();
    private (string Key, Lazy<Dictionary<string, StoredFile>> Files)? _listed;

    /// <param name="root">Full path of the directory.</param>
    /// <param name="store">Where that is.</param>
    /// <param name="makeRoom">Finds room on this machine when it is needed.</param>
    public RemoteWorkDirectory(string root, IStore store, Func<LocalRoom> makeRoom)
        : base(root, store)
    {
        _room = new Lazy<LocalRoom>(() =>
        {
            LocalRoom room = makeRoom();
            // This job's alone, however often it is opened here.
            string own = Path.Combine(room.Directory, "work-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(own);
            return room with { Directory = own };
        });
        _copies = new Lazy<WorkCopies>(() => new WorkCopies(store, Path.Combine(LocalDirectory, "copies"), _room.Value.CopyBytes));
    }

    internal override string LocalDirectory => _room.Value.Directory;

    public override void Create()
    {
        // It is there when something is in it.
    }

    public override void Delete()
    {
        Store.Delete([PathOf(PlanName)]);
        Store.GiveUpUnfinished(Root, paths: null);
        Store.Delete(Store.Files(Root).Select(file => file.Path));
    }

    public override void Dispose()
    {
        if (!_room.IsValueCreated)
        {
            return;
        }

        try
        {
            Directory.Delete(LocalDirectory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the room of the process.
        }
    }

    public override void DeleteUnread(string directory)
    {
        string path = PathOf(directory);
        if (_copies.IsValueCreated)
        {
            _copies.Value.Forget(path + "/");
        }

        try
        {
            Store.Delete(Store.Files(path).Select(file => file.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left costs space until the job ends.
        }
    }

    internal override FileScratchSpace NodeScratch(ResidentSetGuard residentSet) => new(Path.Combine(LocalDirectory, "node-" + Guid.NewGuid().ToString("N")), residentSet);

    internal override void Commit(string pending, string committed, CancellationToken cancellation)
    {
        (string LocalPath, string Path)[] files = [.. Directory.EnumerateFiles(pending).Select(file => (file, PathOf($"{committed}/{Path.GetFileName(file)}")))];
        ParallelWork.ForAll(UploadsAtOnce, files, file => Store.Put(file.LocalPath, file.Path, cancellation), cancellation);
        if (!HasPlan)
        {
            throw new DirectoryNotFoundException($"The job in '{Root}' has ended.");
        }

        foreach ((string localPath, string path) in files)
        {
            _copies.Value.Adopt(localPath, path);
        }
    }

    internal override Stream OpenRead(string attemptDirectory, string file) => OpenRead(PathOf($"{attemptDirectory}/{file}"), look: null);

    internal override IReadOnlyList<RunOpener> OpenAll(ImmutableArray<string> attemptDirectories, string file)
    {
        string[] paths = [.. attemptDirectories.Select(attempt => PathOf($"{attempt}/{file}"))];
        Lazy<Dictionary<string, StoredFile>> listed = Listed([.. attemptDirectories.Select(attempt => Path.GetDirectoryName(attempt)!).Distinct(StringComparer.Ordinal)], file);
        return [.. Enumerable.Range(0, paths.Length).Select(i => (RunOpener)(() =>
        {
            for (int next = i + 1; next < Math.Min(i + OpenedAhead, paths.Length); next++)
            {
                _copies.Value.Return(Begin(paths[next], Look(paths[next])));
            }

            return OpenRead(paths[i], Look(paths[i]));
        }))];

        Func<StoredFile?> Look(string path) => () => listed.Value.TryGetValue(path, out StoredFile found) ? found : null;
    }

    // One request for a thousand files, instead of one for each. The tasks of a stage ask for the same; what came later is looked for by itself.
    private Lazy<Dictionary<string, StoredFile>> Listed(string[] stages, string file)
    {
        string key = string.Join(':', stages.Append(file));
        lock (_gate)
        {
            if (_listed?.Key != key)
            {
                _listed = (key, new Lazy<Dictionary<string, StoredFile>>(
                    () => stages.SelectMany(stage => Store.Files(PathOf(stage))).Where(found => Path.GetFileName(found.Path) == file).ToDictionary(found => found.Path, StringComparer.Ordinal),
                    LazyThreadSafetyMode.PublicationOnly));
            }

            return _listed.Value.Files;
        }
    }

    private WorkCopyStream OpenRead(string path, Func<StoredFile?>? look)
    {
        WorkCopy copy = Begin(path, look);
        try
        {
            return new WorkCopyStream(_copies.Value, copy);
        }
        catch
        {
            _copies.Value.Return(copy);
            throw;
        }
    }

    // Begins to fetch what is read of it first.
    private WorkCopy Begin(string path, Func<StoredFile?>? look)
    {
        WorkCopy copy = _copies.Value.Open(path, look);
        if (s_readInParts.Contains(Path.GetFileName(path)))
        {
            // Head and index.
            copy.Request(0, WorkCopy.PageBytes);
            copy.Request(Math.Max(0, copy.LengthBytes - WorkCopy.PageBytes), WorkCopy.PageBytes);
        }
        else
        {
            copy.Request(0, copy.LengthBytes);
        }

        return copy;
    }

    internal override HeldFile Hold(string attemptDirectory, string file)
    {
        WorkCopy copy = _copies.Value.Open(PathOf($"{attemptDirectory}/{file}"));
        try
        {
            copy.Require(0, copy.LengthBytes);
            return new HeldFile(copy.LocalPath, () => _copies.Value.Return(copy));
        }
        catch
        {
            _copies.Value.Return(copy);
            throw;
        }
    }

    internal override bool IsWhole(string attemptDirectory, StageKind stage)
    {
        string directory = Path.Combine(LocalDirectory, "check-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(directory);
        try
        {
            foreach (StoredFile file in Store.Files(PathOf(attemptDirectory)))
            {
                StoreDownload.Run(Store, file, Path.Combine(directory, Path.GetFileName(file.Path)), CancellationToken.None);
            }

            return WorkFileCheck.IsWhole(directory, stage);
        }
        catch (FileNotFoundException)
        {
            // Gone a moment ago. Any other fault says nothing of the files.
            return false;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    internal override void DropCopies()
    {
        if (_copies.IsValueCreated)
        {
            _copies.Value.Drop();
        }
    }

    internal override void Publish(string source, string target, CancellationToken cancellation)
    {
        StoredFile file = Store.Find(source) ?? throw new FileNotFoundException($"Work file '{source}' is gone.", source);
        if (Store.TryCopy(file, target))
        {
            return;
        }

        string own = Path.Combine(LocalDirectory, "publish-" + Guid.NewGuid().ToString("N"));
        try
        {
            StoreDownload.Run(Store, file, own, cancellation);
            Stores.Of(target).Publish(own, target);
        }
        finally
        {
            File.Delete(own);
        }
    }

    private protected override string CreatePending(string name)
    {
        string pending = Path.Combine(LocalDirectory, name);
        Directory.CreateDirectory(pending);
        return pending;
    }

    private protected override IEnumerable<string> PendingNames(string prefix) => [];

    private protected override void WriteWhole(string name, Action<Stream> write)
    {
        using var content = new MemoryStream();
        write(content);
        Store.Write(PathOf(name), content.GetBuffer().AsSpan(0, (int)content.Length));
    }
}
