using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>The work directory and the output of a simulated job.</summary>
internal sealed class SimulatedDisk
{
    private readonly SortedSet<string> _attempts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StageManifest> _manifests = new(StringComparer.Ordinal);
    private int _unique;

    // Whoever is late finds no directory to write into.
    private bool _isRemoved;

    public bool HasPlan { get; set; }

    /// <summary>What publishing has put in the output, once it has.</summary>
    public string? Published { get; set; }

    public int Count => _attempts.Count + _manifests.Count;

    public string Commit(TaskIdentity task)
    {
        string name = SimulatedAttempt.NameOf(task, ++_unique);
        if (!_isRemoved)
        {
            _attempts.Add(name);
        }

        return name;
    }

    public bool Holds(string attempt) => _attempts.Contains(attempt);

    public void Delete(string attempt) => _attempts.Remove(attempt);

    /// <summary>A file vanishes or rots, through nobody's doing.</summary>
    public void LoseAny(Func<int, int> choose)
    {
        if (Any(choose) is { } attempt)
        {
            _lost.Add(attempt);
            _attempts.Remove(attempt);
        }
    }

    /// <summary>Whether an attempt that a task reads has been lost.</summary>
    public bool HasLostAnyOf(StageInputs inputs) =>
        inputs.All().Any(name => _manifests.TryGetValue(name, out StageManifest? manifest) && manifest.AttemptDirectories.Any(_lost.Contains));

    private string? Any(Func<int, int> choose) => _attempts.Count == 0 ? null : _attempts.ElementAt(choose(_attempts.Count));

    public void DeleteDirectory(string directory) => _attempts.RemoveWhere(name => name.StartsWith(directory + "/", StringComparison.Ordinal));

    public void DeleteAbandoned(int stage, long epoch, IEnumerable<string> committed)
    {
        string directory = SimulatedAttempt.DirectoryOf(stage) + "/";
        _attempts.RemoveWhere(name => name.StartsWith(directory, StringComparison.Ordinal) && SimulatedAttempt.EpochOf(name) <= epoch && !committed.Contains(name));
    }

    public void Write(string name, StageManifest manifest)
    {
        if (!_isRemoved)
        {
            _manifests[name] = manifest;
        }
    }

    public bool HasManifest(string name) => _manifests.ContainsKey(name);

    /// <summary>The attempts that a task reads; <c>null</c> when something is not there.</summary>
    public IReadOnlyList<string>? Read(StageInputs inputs)
    {
        List<string> read = [];
        foreach (string name in inputs.All())
        {
            if (!_manifests.TryGetValue(name, out StageManifest? manifest) || !manifest.AttemptDirectories.All(Holds))
            {
                return null;
            }

            read.AddRange(manifest.AttemptDirectories);
        }

        return read;
    }

    public void Clear()
    {
        _isRemoved = true;
        _attempts.Clear();
        _manifests.Clear();
        HasPlan = false;
    }
}
