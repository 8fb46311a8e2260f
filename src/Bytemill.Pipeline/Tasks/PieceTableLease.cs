using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>The right to read a node's piece table; its memory stays until the last lease is given back.</summary>
internal sealed class PieceTableLease : IDisposable
{
    private SharedPieceTable? _shared;

    /// <summary>Takes over a lease that has been added; gives it back when the table cannot be loaded.</summary>
    public PieceTableLease(SharedPieceTable shared)
    {
        _shared = shared;
        try
        {
            Table = shared.Load();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public PieceTable Table { get; }

    public void Dispose() => Interlocked.Exchange(ref _shared, null)?.ReturnLease();
}
