using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>Scratch space in memory, for tests and small corpora. A stream holds at most 2 GB.</summary>
public sealed class MemoryScratchSpace : IScratchSpace
{
    /// <inheritdoc/>
    public Stream Create() => new MemoryStream();

    /// <inheritdoc/>
    public FlatMemory CreateMemory(long bytes) => FlatMemory.Allocate(bytes);
}
