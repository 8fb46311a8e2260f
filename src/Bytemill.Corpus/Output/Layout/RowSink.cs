namespace Bytemill.Corpus;

/// <summary>Writes the rows of one output, which may be several files that belong together. Not thread-safe.</summary>
/// <remarks>What is written depends on the rows and options alone.</remarks>
public abstract class RowSink : IDisposable
{
    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Tokens so far, without padding.</summary>
    public long Tokens { get; private set; }

    /// <summary>About how many bytes the output would have if it ended here.</summary>
    public abstract long LengthBytes { get; }

    /// <summary>Writes a row.</summary>
    /// <param name="row">The row; not kept.</param>
    /// <param name="cancellation">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="CorpusException">The row has more tokens than the format can hold.</exception>
    public void Append(in OutputRow row, CancellationToken cancellation = default)
    {
        Write(row, cancellation);
        Rows++;
        Tokens += row.TokenCount;
    }

    /// <summary>Writes what can only be written at the end, and flushes. Without it the output is not whole.</summary>
    /// <param name="cancellation">Cancels; the output is then to be thrown away.</param>
    public abstract void Complete(CancellationToken cancellation = default);

    /// <summary>Frees what it holds and closes its streams; completes nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Append"/>
    protected abstract void Write(in OutputRow row, CancellationToken cancellation);

    /// <inheritdoc cref="Dispose()"/>
    protected abstract void Dispose(bool disposing);
}
