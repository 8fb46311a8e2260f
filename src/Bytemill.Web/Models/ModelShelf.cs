using System.Collections.Immutable;
using System.Globalization;
using Bytemill.Corpus;
using Bytemill.Pipeline;

namespace Bytemill.Web.Models;

/// <summary>
/// The models of finished jobs and those given at start: each is loaded once for all who use it, within a bound of memory. Thread-safe.
/// </summary>
public sealed class ModelShelf
{
    private readonly ModelShelfOptions _options;
    private readonly ImmutableArray<ShelvedModel> _given;
    private readonly Lock _lock = new();

    private readonly Dictionary<string, JobModels> _ofJobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private volatile ImmutableArrayBox _models;
    private long _turn;

    /// <summary>A shelf with the models that were given at start; nothing is read yet.</summary>
    public ModelShelf(ModelShelfOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _given = Give(options.Paths);
        _models = new ImmutableArrayBox(_given);
    }

    /// <summary>Raised when <see cref="Models"/> has changed, on any thread.</summary>
    public event Action? Changed;

    /// <summary>What can be had: the models given at start, then those of jobs, the last first.</summary>
    public ImmutableArray<ShelvedModel> Models => _models.Value;

    /// <summary>Bytes that the loaded models take.</summary>
    public long LoadedBytes
    {
        get
        {
            lock (_lock)
            {
                return _slots.Values.Sum(slot => slot.Bytes);
            }
        }
    }

    /// <summary>Takes note of jobs: reads the manifests of those that are completed and not known yet, and forgets jobs that are not among them.</summary>
    /// <param name="jobs">All jobs that the coordinator knows.</param>
    /// <param name="mayRead">Tells of a path whether this node may show what is there; without it, all may be shown.</param>
    /// <remarks>Reads files; not for a thread that serves people.</remarks>
    public void Update(IEnumerable<JobSummary> jobs, Func<string, bool>? mayRead = null)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        JobSummary[] completed = [.. jobs.Where(job => job.Status == JobStatus.Completed && job.Text.Length > 0).OrderByDescending(job => job.EndedAt).Take(_options.MaxJobs)];
        var found = new Dictionary<string, JobModels>(StringComparer.Ordinal);
        foreach (JobSummary job in completed)
        {
            JobModels? known;
            lock (_lock)
            {
                known = _ofJobs.GetValueOrDefault(job.JobId);
            }

            // Looked at again when it was replaced, or could not be read and now is there.
            FileStamp stamp = FileStamp.Of(job.Text);
            found[job.JobId] = known is { Fault: null } && known.Stamp == stamp ? known : ReadModels(job, stamp, mayRead);
        }

        ImmutableArray<ShelvedModel> all = [.. _given, .. completed.SelectMany(job => found[job.JobId].Models)];
        lock (_lock)
        {
            _ofJobs.Clear();
            foreach ((string jobId, JobModels models) in found)
            {
                _ofJobs.Add(jobId, models);
            }

            if (all.SequenceEqual(_models.Value))
            {
                return;
            }

            _models = new ImmutableArrayBox(all);
            foreach (string key in _slots.Keys.Except(all.Select(model => model.Key)).ToArray())
            {
                _slots.Remove(key);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>Why the results of a completed job cannot be read on this node; null when they can, or the job is not known.</summary>
    public string? FaultOf(string jobId)
    {
        lock (_lock)
        {
            return _ofJobs.GetValueOrDefault(jobId)?.Fault;
        }
    }

    /// <summary>What the manifest of a completed job tells; null when it cannot be read, or the job is not known.</summary>
    public CorpusFacts? FactsOf(string jobId)
    {
        lock (_lock)
        {
            return _ofJobs.GetValueOrDefault(jobId)?.Corpus;
        }
    }

    /// <summary>What the phases of the largest known job that does this took, in seconds; null when there is none.</summary>
    public IReadOnlyDictionary<Phase, double>? ShapeOf(JobMode? mode)
    {
        lock (_lock)
        {
            return _ofJobs.Values.Where(job => job.Mode == mode && job.Corpus is not null).MaxBy(job => job.Corpus!.Statistics.TextBytes)?.Corpus?.Phases
                .ToDictionary(phase => Enum.Parse<Phase>(phase.Name, ignoreCase: true), phase => phase.Seconds);
        }
    }

    /// <summary>A model, loaded now unless it is in memory.</summary>
    /// <param name="key">A <see cref="ShelvedModel.Key"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the load goes on for others.</param>
    /// <exception cref="ModelUnavailableException">There is no such model, or it cannot be read.</exception>
    public async Task<LoadedModel> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ShelvedModel entry = Models.FirstOrDefault(model => model.Key == key)
            ?? throw new ModelUnavailableException($"There is no model '{key}' here (any more).");
        FileStamp stamp = FileStamp.Of(entry.Path);
        Slot slot;
        lock (_lock)
        {
            if (!_slots.TryGetValue(key, out slot!) || slot.Stamp != stamp)
            {
                // On a thread of the pool: others wait for the same task.
                slot = new Slot(stamp, Task.Run(() => Load(entry), CancellationToken.None));
                _slots[key] = slot;
            }

            slot.LastUse = ++_turn;
        }

        try
        {
            LoadedModel model = await slot.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
            Evict(slot, model.MemoryBytes);
            return model;
        }
        catch (ModelUnavailableException)
        {
            // The next one tries again.
            Forget(key, slot);
            throw;
        }
    }

    private static LoadedModel Load(ShelvedModel entry)
    {
        try
        {
            return new LoadedModel(entry, ModelLoader.Load(entry.Path));
        }
        catch (Exception e) when (UserErrors.IsInputError(e) || e is IOException or UnauthorizedAccessException)
        {
            throw new ModelUnavailableException(e.Message, e);
        }
    }

    private static ImmutableArray<ShelvedModel> Give(ImmutableArray<string> paths)
    {
        var given = ImmutableArray.CreateBuilder<ShelvedModel>();
        foreach (string path in paths.Distinct(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            string key = name;
            for (int number = 2; given.Any(model => model.Key == key); number++)
            {
                key = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            }

            string title = key == name && !paths.Any(other => other != path && Path.GetFileName(other) == name) ? name : path;
            given.Add(new ShelvedModel(key, title, StorePath.Full(path), null, 0, 0, null));
        }

        return given.ToImmutable();
    }

    // Results may have been moved away since, or lie where this node cannot read them.
    private static JobModels ReadModels(JobSummary job, FileStamp stamp, Func<string, bool>? mayRead)
    {
        string directory = StorePath.DirectoryOf(job.Text);
        ResultManifest manifest;
        try
        {
            manifest = ResultManifest.Read(directory);
        }
        catch (Exception e) when (UserErrors.IsInputError(e) || e is IOException or UnauthorizedAccessException)
        {
            return new JobModels(stamp, [], job.Mode, null, e.Message);
        }

        var corpus = new CorpusFacts(manifest.Inputs.Length, manifest.Statistics, manifest.Phases);
        if (manifest.Options is null)
        {
            // It only tokenized, with a model that is not its own.
            return new JobModels(stamp, [], job.Mode, corpus, null);
        }

        string output = Path.GetFileName(directory);
        ImmutableArray<ShelvedModel> models =
        [
            .. manifest.Models.Select(model => new ShelvedModel(
                manifest.Models.Length == 1 ? job.JobId : Units.Format($"{job.JobId}-{model.VocabSize}"),
                Units.Format($"{output}: {Units.Count(model.VocabSize)} ids"),
                StorePath.Combine(directory, model.Path),
                job.JobId,
                job.EndedAt,
                model.VocabSize,
                corpus))
                // A manifest could name any file.
                .Where(model => mayRead?.Invoke(model.Path) != false),
        ];
        return new JobModels(stamp, models, job.Mode, corpus, null);
    }

    private void Forget(string key, Slot slot)
    {
        lock (_lock)
        {
            if (_slots.TryGetValue(key, out Slot? present) && present == slot)
            {
                _slots.Remove(key);
            }
        }
    }

    private void Evict(Slot used, long bytes)
    {
        lock (_lock)
        {
            used.Bytes = bytes;
            long total = _slots.Values.Sum(slot => slot.Bytes);
            foreach ((string key, Slot slot) in _slots.OrderBy(pair => pair.Value.LastUse).ToArray())
            {
                if (total <= _options.MemoryBytes)
                {
                    return;
                }

                if (slot != used && slot.Bytes > 0)
                {
                    // Whoever still uses it keeps it until then.
                    _slots.Remove(key);
                    total -= slot.Bytes;
                }
            }
        }
    }

    // Tells a file that was replaced from the one that was loaded.
    private readonly record struct FileStamp(long Length, DateTime WrittenAt)
    {
        public static FileStamp Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc) : default;
        }
    }

    // The models of a job; or why there are none to be had.
    private sealed record JobModels(FileStamp Stamp, ImmutableArray<ShelvedModel> Models, JobMode? Mode, CorpusFacts? Corpus, string? Fault);

    // So that the list can be replaced in one step.
    private sealed record ImmutableArrayBox(ImmutableArray<ShelvedModel> Value);

    private sealed class Slot(FileStamp stamp, Task<LoadedModel> loading)
    {
        public FileStamp Stamp { get; } = stamp;

        public Task<LoadedModel> Loading { get; } = loading;

        /// <summary>0 until it is loaded.</summary>
        public long Bytes { get; set; }

        public long LastUse { get; set; }
    }
}
