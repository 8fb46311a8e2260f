using Bytemill.Tokenization;

namespace Bytemill.Training;

/// <summary>What the pieces of slices split into, added up by the number of the part.</summary>
internal sealed class PartSums : IDisposable
{
    private readonly PieceTable _table;
    private readonly FlatMemory _memory;

    public PartSums(PieceTable table)
    {
        _table = table;
        _memory = table.Memory.Allocate((long)table.Count * sizeof(long));
        Values.Clear();
    }

    /// <summary>Sums by number of the piece.</summary>
    public Span<long> Values => _memory.AsSpan<long>();

    /// <summary>Splits the pieces of a slice.</summary>
    /// <exception cref="OverflowException">A sum exceeds 64 bits.</exception>
    public void AddPartsOf(RunOpener slice, CancellationToken ct)
    {
        var parts = new PartCounter(_table.Automaton, _memory);
        using var reader = new PieceSliceReader(slice);
        for (long i = 1; reader.Read(); i++)
        {
            parts.Add(reader.Piece, reader.Shared, reader.Count);
            if ((i & 0xFFFF) == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        parts.Flush();
    }

    public void Dispose() => _table.Memory.Return(_memory);
}
