namespace Bytemill.Corpus;

/// <summary>Writes the tokenized twin of an input file, one of its groups after the other. Not thread-safe.</summary>
public interface ITokenizedWriter : IAsyncDisposable
{
    /// <summary>Begins a group; they come in order, none left out.</summary>
    /// <param name="group">0-based index in the input.</param>
    /// <param name="selection">The rows that will be written; of lines it may be more.</param>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="CorpusException">A kept column is damaged.</exception>
    void BeginGroup(int group, RowSelection selection, CancellationToken cancellationToken);

    /// <summary>Writes the next taken rows of the group. How rows are divided among calls does not show in the output.</summary>
    /// <param name="batch">The rows as read.</param>
    /// <param name="ids">Ids of its taken rows, concatenated.</param>
    /// <param name="lengths">Ids per taken row; <see cref="TokenizedFileWriter.NullText"/> for a null text.</param>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    /// <exception cref="CorpusException">A row has too many tokens.</exception>
    Task AppendAsync(TextBatch batch, ReadOnlyMemory<int> ids, ReadOnlyMemory<int> lengths, CancellationToken cancellationToken);

    /// <summary>Ends the group.</summary>
    /// <param name="cancellationToken">Cancels; the output is then to be thrown away.</param>
    Task EndGroupAsync(CancellationToken cancellationToken);

    /// <summary>Writes the footer and flushes. Without a footer the output is no Parquet file, so that a job that failed midway cannot leave one
    /// that looks whole.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task CompleteAsync(CancellationToken cancellationToken);
}
