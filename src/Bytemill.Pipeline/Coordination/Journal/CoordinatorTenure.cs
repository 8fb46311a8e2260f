namespace Bytemill.Pipeline;

/// <summary>
/// One stay of the coordinator on a node, over all its restarts after a failed write. By it a coordinator that is started again
/// can tell whether another one has taken its place meanwhile.
/// </summary>
/// <param name="node">Address of the node, for those who read the journal.</param>
internal sealed class CoordinatorTenure(string node)
{
    /// <summary>Name in the journal; no other stay has it.</summary>
    public string Id { get; } = $"{node}/{Guid.NewGuid():N}";

    /// <summary>Whether the journal has held that this one is the coordinator.</summary>
    public bool HasBegun { get; set; }
}
