using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>A piece table that the tasks of a node share: loaded by the first, gone when outdated and read by nobody.</summary>
internal sealed class SharedPieceTable
{
    private readonly Lock _gate = new();
    private readonly FileScratchSpace _scratch;
    private readonly Lazy<PieceTable> _table;
    private int _leases;
    private bool _isRetired;

    public SharedPieceTable(IReadOnlyList<RunOpener> slices, long memoryBytes, FileScratchSpace scratch)
    {
        _scratch = scratch;
        _table = new Lazy<PieceTable>(() => PieceTable.Load(slices, memoryBytes, scratch, CancellationToken.None));
    }

    public PieceTable Load() => _table.Value;

    public void AddLease()
    {
        lock (_gate)
        {
            _leases++;
        }
    }

    public void ReturnLease()
    {
        lock (_gate)
        {
            _leases--;
            FreeIfUnused();
        }
    }

    /// <summary>Nobody will ask for it again.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            FreeIfUnused();
        }
    }

    private void FreeIfUnused()
    {
        if (_isRetired && _leases == 0 && _table.IsValueCreated)
        {
            _table.Value.Dispose();
            _scratch.Delete();
        }
    }
}
