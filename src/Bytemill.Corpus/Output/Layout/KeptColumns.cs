using System.Buffers;

namespace Bytemill.Corpus;

/// <summary>The kept columns of an input, row by row, whatever its format. Not thread-safe.</summary>
public abstract class KeptColumns : IDisposable
{
    private protected KeptColumns(KeptSchema schema) => Schema = schema;

    /// <summary>Their types.</summary>
    public KeptSchema Schema { get; }

    /// <summary>Opens an input.</summary>
    /// <param name="input">An inspected file.</param>
    /// <param name="textColumn">The text column it was inspected with.</param>
    /// <param name="keep">Names of the columns; null for all but the text, of lines for those of directories.</param>
    /// <exception cref="CorpusException">A column does not exist, cannot be kept, or the file has changed.</exception>
    public static KeptColumns Open(CorpusFile input, string textColumn, IReadOnlyList<string>? keep)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(textColumn);
        return keep is { Count: 0 } ? new NoColumns()
            : input.Format.IsLines ? new KeptProperties(input.Path, keep)
            : KeptLeaves.Open(input, textColumn, keep);
    }

    /// <summary>Begins a group; they come in order, some may be left out.</summary>
    /// <param name="group">0-based index in the input.</param>
    /// <param name="cancellation">Looked at while reading.</param>
    public abstract void BeginGroup(int group, CancellationToken cancellation);

    /// <summary>Writes the columns of a row in a form for <see cref="OutputRow.Kept"/>. Rows of a group come in order, some may be left out.</summary>
    /// <param name="batch">Rows of the group.</param>
    /// <param name="row">0-based index in the batch.</param>
    /// <param name="cells">Where to.</param>
    /// <exception cref="CorpusException">A column is damaged.</exception>
    public abstract void Write(TextBatch batch, int row, IBufferWriter<byte> cells);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the input.</summary>
    /// <param name="disposing">True.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class NoColumns() : KeptColumns(KeptSchema.None)
    {
        public override void BeginGroup(int group, CancellationToken cancellation) => cancellation.ThrowIfCancellationRequested();

        public override void Write(TextBatch batch, int row, IBufferWriter<byte> cells)
        {
        }
    }
}
