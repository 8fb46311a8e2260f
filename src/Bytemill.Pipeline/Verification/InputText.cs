using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>The rows of one input file that a job took, in order.</summary>
internal sealed class InputText : IDisposable
{
    private const long BatchBytes = 1 << 20;

    private readonly CorpusFile _file;
    private readonly ManifestFaults _leftOut;
    private readonly ITextSource _source;

    public InputText(CorpusFile file, SourceOptions options, ManifestFaults leftOut)
    {
        _file = file;
        _leftOut = leftOut;
        _source = TextSources.Open(file.Path, options);
    }

    /// <summary>Their texts; null for a null one. Valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>?> Read(CancellationToken cancellation)
    {
        for (int group = 0; group < _file.RowGroups.Length; group++)
        {
            RowGroupInfo info = _file.RowGroups[group];
            GroupFaults? faults = _leftOut.Of(_file, group);
            if (info.IsLeftAside || faults?.Damage is not null)
            {
                continue;
            }

            RowSelection selection = _source.SelectRows(group, info.Take, cancellation).Except(faults?.Rows ?? [], info.Rows);
            foreach (TextBatch batch in _source.ReadBatches(group, BatchBytes, selection, cancellation))
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

    public void Dispose() => _source.Dispose();
}
