using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>All kept pieces of all shards, in byte order, and the encoder built of them. One serves all splits of a round; thread-safe.</summary>
/// <remarks>The pieces themselves stay in the slices, which must stay readable; see <see cref="PieceSplitter"/>.</remarks>
public sealed class PieceTable : IDisposable
{
    private readonly IReadOnlyList<RunOpener> _slices;

    private PieceTable(IReadOnlyList<RunOpener> slices, FlatMemoryPool memory, PieceAutomaton automaton)
    {
        (_slices, Memory, Automaton) = (slices, memory, automaton);
    }

    /// <summary>Number of pieces.</summary>
    public int Count => Automaton.Count;

    /// <summary>Names pieces by their rank in byte order.</summary>
    public PieceAutomaton Automaton { get; }

    /// <summary>Where tasks take memory from that goes by the number of pieces.</summary>
    internal FlatMemoryPool Memory { get; }

    /// <summary>Builds the encoder from the slices, which are read twice.</summary>
    /// <param name="keptSlicesInShardOrder">One per shard.</param>
    /// <param name="memoryBytes">Memory for the encoder, for building it, and for the tasks that use it. What does not fit lies
    /// in files mapped into memory.</param>
    /// <param name="scratch">Where these files come from.</param>
    /// <param name="ct">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="RunFormatException">A slice is damaged, or they are not in shard order.</exception>
    /// <exception cref="InvalidOperationException">There are more pieces, or prefixes of them, than 2 147 483 647.</exception>
    public static PieceTable Load(IReadOnlyList<RunOpener> keptSlicesInShardOrder, long memoryBytes, IScratchSpace scratch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(keptSlicesInShardOrder);
        ArgumentNullException.ThrowIfNull(scratch);
        var memory = new FlatMemoryPool(memoryBytes, scratch.CreateMemory);
        using var pieces = new SlicePieces(keptSlicesInShardOrder);
        try
        {
            return new PieceTable(keptSlicesInShardOrder, memory, PieceAutomaton.Build(pieces, memory, ct));
        }
        catch (ArgumentException e)
        {
            throw new RunFormatException($"The slices of pieces are damaged, out of order, repeated or one is missing: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Automaton.Dispose();

    /// <summary>The pieces and their counts, in the order they are numbered by.</summary>
    internal SlicePieces ReadPieces() => new(_slices);
}
