using System.Collections.Concurrent;
using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;
using Microsoft.Win32.SafeHandles;

namespace Bytemill.Pipeline;

/// <summary>
/// What one node holds of one job, shared by all its workers and shards: the plan, and the models that the present stage
/// needs, each loaded once.
/// </summary>
internal sealed class JobContext : IDisposable
{
    // A failure is not kept: a file not to be read now may be readable at the next attempt.
    private const LazyThreadSafetyMode Retryable = LazyThreadSafetyMode.PublicationOnly;

    private readonly ConcurrentDictionary<string, Lazy<StageManifest>> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, StoredFile> _verifiedFiles = new();
    private readonly MemoryPlan _memory;
    private readonly ResidentSetGuard _residentSet;
    private readonly ConcurrentBag<HeldFile> _mapped = [];
    private readonly Lock _gate = new();
    private (string Manifest, Lazy<NGramModel> Model)? _ngramModel;
    private (string Manifest, SharedPieceTable Table)? _pieceTable;
    private (string Manifest, Lazy<Tokenizer> Tokenizer)? _tokenizer;
    private Lazy<TokenSampler>? _sampler;

    public JobContext(WorkDirectory work, JobPlan plan, MemoryPlan memory, ResidentSetGuard residentSet)
    {
        Work = work;
        Plan = plan;
        (_memory, _residentSet) = (memory, residentSet);
    }

    public WorkDirectory Work { get; }

    public JobPlan Plan { get; }

    public StageManifest Manifest(string name) =>
        _manifests.GetOrAdd(name, key => new Lazy<StageManifest>(() => Work.ReadManifest(key), Retryable)).Value;

    public RunOpener Open(string manifest, int task, string file)
    {
        string attempt = Manifest(manifest).AttemptDirectories[task];
        return () => Work.OpenRead(attempt, file);
    }

    /// <summary>Full path of a file of one task of an earlier stage, which need not be on this machine.</summary>
    public string PathOf(string manifest, int task, string file) =>
        StorePath.Combine(Work.Resolve(Manifest(manifest).AttemptDirectories[task]), file);

    public IReadOnlyList<RunOpener> OpenAll(string manifest, string file) => Work.OpenAll(Manifest(manifest).AttemptDirectories, file);

    /// <summary>The n-gram model of a stage, opened once on this node.</summary>
    public NGramModel NGramModel(string manifest)
    {
        lock (_gate)
        {
            if (_ngramModel is not { } held || held.Manifest != manifest)
            {
                string attempt = Manifest(manifest).AttemptDirectories[0];
                _ngramModel = (manifest, new Lazy<NGramModel>(() => OpenNGramModel(attempt), Retryable));
            }

            return _ngramModel.Value.Model.Value;
        }
    }

    /// <summary>The encoder of the pieces kept after a stage. Only the latest is held: rounds follow each other.</summary>
    /// <param name="manifest">Of the stage.</param>
    /// <param name="memoryBytes">Memory for it on this node; what does not fit is mapped from a file.</param>
    public PieceTableLease AcquirePieceTable(string manifest, long memoryBytes)
    {
        SharedPieceTable? outdated = null;
        SharedPieceTable table;
        lock (_gate)
        {
            if (_pieceTable is not { } held || held.Manifest != manifest)
            {
                outdated = _pieceTable?.Table;
                _pieceTable = (manifest, new SharedPieceTable(
                    OpenAll(manifest, WorkFileNames.Kept), memoryBytes, Work.NodeScratch(_residentSet)));
            }

            table = _pieceTable.Value.Table;
            table.AddLease();
        }

        outdated?.Retire();
        try
        {
            return new PieceTableLease(table);
        }
        catch
        {
            lock (_gate)
            {
                if (ReferenceEquals(_pieceTable?.Table, table))
                {
                    _pieceTable = null;
                }
            }

            table.Retire();
            throw;
        }
    }

    /// <summary>The tokenizer that this job tokenizes the corpus with.</summary>
    public Tokenizer Tokenizer(StageSpec stage)
    {
        lock (_gate)
        {
            string manifest = Plan.Spec.ModelPath is not null ? "" : stage.Inputs.ParseVocabularies().Single(vocabulary => vocabulary.Size == stage.Argument).Manifest;
            if (_tokenizer is not { } held || held.Manifest != manifest)
            {
                // By its manifest: a vocabulary that was lost before it was read is made anew under another.
                _tokenizer = (manifest, new Lazy<Tokenizer>(
                    () => Plan.Spec.ModelPath is { } path ? LoadGiven(path) : new Tokenizer(TrainedModel.Read(PathOf(manifest, 0, WorkFileNames.Vocabulary))),
                    Retryable));
            }

            // Training is over.
            _pieceTable?.Table.Retire();
            _pieceTable = null;
            return _tokenizer.Value.Tokenizer.Value;
        }
    }

    /// <summary>The sampler that this job draws its segmentations with; its tables are computed once.</summary>
    public TokenSampler Sampler(Tokenizer tokenizer)
    {
        lock (_gate)
        {
            _sampler ??= new Lazy<TokenSampler>(() => tokenizer.CreateSampler(Plan.Spec.Sampling!.Options), Retryable);
            return _sampler.Value;
        }
    }

    /// <summary>Reads of an input file, and fails when it is not the one that was planned, or changes meanwhile.</summary>
    /// <param name="fileIndex">The file in the plan.</param>
    /// <param name="read">Reads of it.</param>
    /// <exception cref="CorpusException">It changed, or reading failed.</exception>
    /// <exception cref="IOException">It was written to meanwhile, as far as its time tells, and yet is the same: to be read once more.</exception>
    public void ReadInput(int fileIndex, Action read)
    {
        StoredFile before = Verify(fileIndex);
        try
        {
            read();
        }
        catch (CorpusException) when (StampOf(fileIndex) != before)
        {
            // Rather the cause than what it looks like: a file that is being written anew may well seem damaged.
            throw ChangedWhileRead(fileIndex);
        }

        if (StampOf(fileIndex) != before)
        {
            throw ChangedWhileRead(fileIndex);
        }
    }

    /// <summary>Of an input file; becomes another whenever it is written.</summary>
    public string VersionOf(int fileIndex) => StampOf(fileIndex).Version;

    private IOException ChangedWhileRead(int fileIndex)
    {
        Verify(fileIndex);
        return new IOException($"{Plan.Files[fileIndex].Path}: the file was touched while it was being read; it is read again.");
    }

    // Whether it is the file that was planned, its footer tells and not its time: that changes when somebody copies or touches it. Looked at once for each
    // file, time and node.
    private StoredFile Verify(int fileIndex)
    {
        StoredFile stamp = StampOf(fileIndex);
        if (_verifiedFiles.TryGetValue(fileIndex, out StoredFile verified) && verified == stamp)
        {
            return stamp;
        }

        CorpusFile planned = Plan.Files[fileIndex];
        CorpusFile now = InspectAgain(planned.Path);
        if (now.LengthBytes != planned.LengthBytes || now.Fingerprint != planned.Fingerprint)
        {
            throw new CorpusException(
                $"{planned.Path}: the file changed while the job was running ({planned.LengthBytes} bytes when planned, {now.LengthBytes} now). Run the job again.")
            {
                Fault = CorpusFault.Access,
            };
        }

        _verifiedFiles[fileIndex] = stamp;
        return stamp;
    }

    private StoredFile StampOf(int fileIndex)
    {
        string path = Plan.Files[fileIndex].Path;
        return Stores.Of(path).Find(path)
            ?? throw new CorpusException($"{path}: the file went away while the job was running. Run the job again.") { Fault = CorpusFault.Access };
    }

    private CorpusFile InspectAgain(string path)
    {
        try
        {
            return TextSources.Inspect(path, Plan.Spec.SourceOptions);
        }
        catch (CorpusException error) when (error.Fault == CorpusFault.Content)
        {
            throw new CorpusException($"The file changed while the job was running and can no longer be used: {error.Message} Run the job again.", error)
            {
                Fault = CorpusFault.Access,
            };
        }
    }

    private Tokenizer LoadGiven(string path)
    {
        Tokenizer tokenizer = ModelSource.WithLocalFile(path, Tokenization.Tokenizer.Load);
        Plan.Model?.Require(path, tokenizer.Model);
        return tokenizer;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ngramModel is { Model.IsValueCreated: true } held)
            {
                held.Model.Value.Dispose();
            }

            _ngramModel = null;
            _pieceTable?.Table.Retire();
            _pieceTable = null;
        }

        foreach (HeldFile file in _mapped)
        {
            file.Dispose();
        }

        Work.Dispose();
    }

    // A copy in large pages when it is small, else the file.
    private NGramModel OpenNGramModel(string attempt)
    {
        HeldFile held = Work.Hold(attempt, WorkFileNames.NGramModel);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(held.Path);
            if (RandomAccess.GetLength(file) > _memory.ModelCopyBytes)
            {
                NGramModel mapped = Training.NGramModel.Open(file);
                _mapped.Add(held);
                return mapped;
            }

            using FileStream stream = new(file, FileAccess.Read, bufferSize: 0);
            NGramModel copied = Training.NGramModel.Read(stream);
            held.Dispose();
            return copied;
        }
        catch
        {
            file?.Dispose();
            held.Dispose();
            throw;
        }
    }
}
