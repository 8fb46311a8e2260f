namespace Bytemill.Training;

/// <summary>The union of any number of sorted n-gram segments, as a tree of two-way merges; counts of the same n-gram are added up, checked.</summary>
internal sealed class NGramMerger : IDisposable
{
    private readonly List<NGramReader> _readers;
    private readonly NGramStream? _root;

    private NGramMerger(List<NGramReader> readers)
    {
        _readers = readers;
        var streams = new Queue<NGramStream>(readers);
        while (streams.Count > 1)
        {
            streams.Enqueue(new NGramMergeNode(streams.Dequeue(), streams.Dequeue()));
        }

        streams.TryDequeue(out _root);
    }

    /// <summary>The n-grams at hand.</summary>
    public NGramBatch Batch => _root!.Batch;

    /// <summary>Opens the same segment of several runs; none stays open when one fails.</summary>
    public static NGramMerger Open(IReadOnlyList<RunSource> sources, int segment, BlockCodec codec)
    {
        var readers = new List<NGramReader>(sources.Count);
        try
        {
            foreach (RunSource source in sources)
            {
                readers.Add(new NGramReader(source.Open(segment, codec)));
            }

            return new NGramMerger(readers);
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }
    }

    /// <summary>Moves to the next distinct n-grams; false at the end.</summary>
    /// <exception cref="OverflowException">A count exceeds 64 bits.</exception>
    public bool NextBatch() => _root is not null && _root.Fill();

    /// <summary>Writes all that are left.</summary>
    public void WriteTo(NGramWriter writer, CancellationToken ct)
    {
        while (NextBatch())
        {
            ct.ThrowIfCancellationRequested();
            NGramBatch batch = Batch;
            for (int i = 0; i < batch.Count; i++)
            {
                writer.Write(batch.Keys[i], batch.Lengths[i], batch.Counts[i]);
            }
        }
    }

    public void Dispose() => _readers.ForEach(reader => reader.Dispose());
}
