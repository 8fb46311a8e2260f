using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>The rows of a group that a job takes.</summary>
internal static class TakenRows
{
    /// <summary>Finds them.</summary>
    /// <param name="source">The file.</param>
    /// <param name="group">0-based index.</param>
    /// <param name="info">The group.</param>
    /// <param name="faults">What of it is left out; <c>null</c> for nothing.</param>
    /// <param name="cancellation">Looked at while reading.</param>
    /// <returns><c>null</c> where nothing of the group is to be read.</returns>
    public static RowSelection? Find(ITextSource source, int group, RowGroupInfo info, GroupFaults? faults, CancellationToken cancellation) =>
        info.IsLeftAside || faults?.Damage is not null ? null : source.SelectRows(group, info.Take, cancellation).Except(faults?.Rows ?? [], info.Rows);

    /// <summary>Reads their texts, in order; <c>null</c> for a null one. Each is valid until the next is asked for.</summary>
    /// <param name="source">The file.</param>
    /// <param name="group">0-based index.</param>
    /// <param name="selection">From <see cref="Find"/>.</param>
    /// <param name="batchBytes">About how much memory it may take.</param>
    /// <param name="cancellation">Looked at while reading.</param>
    public static IEnumerable<ReadOnlyMemory<byte>?> Read(ITextSource source, int group, RowSelection selection, long batchBytes, CancellationToken cancellation)
    {
        foreach (TextBatch batch in source.ReadBatches(group, batchBytes, selection, cancellation))
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    if (batch.IsTaken(row))
                    {
                        // Without the type, null would become an empty text.
                        yield return batch.IsNull(row) ? default(ReadOnlyMemory<byte>?) : batch.Memory(row);
                    }
                }
            }
        }
    }
}
