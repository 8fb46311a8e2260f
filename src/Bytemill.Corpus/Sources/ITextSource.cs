namespace Bytemill.Corpus;

/// <summary>An open input file whose text is read group by group: row groups of Parquet, stretches of bytes of a file of lines.</summary>
/// <remarks>Safe for several enumerations at once; each runs on its caller's thread.</remarks>
public interface ITextSource : IDisposable
{
    /// <summary>The file.</summary>
    string Path { get; }

    /// <summary>As <see cref="CorpusFile.Fingerprint"/>: tells whether the file is the one that was planned.</summary>
    string Fingerprint { get; }

    /// <summary>Groups of the file, as many as <see cref="CorpusFile.RowGroups"/>.</summary>
    int GroupCount { get; }

    /// <summary>Reads the text of a group a part at a time, in order.</summary>
    /// <param name="group">0-based index, less than <see cref="GroupCount"/>.</param>
    /// <param name="batchBytes">About how much memory a batch may take; a single row may be larger. Changes no row.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <returns>Batches of at least one row, each to be disposed before the next is asked for.</returns>
    /// <exception cref="CorpusException">The data is damaged, of a kind that is not supported, or no UTF-8; names file, group and row or line.</exception>
    IEnumerable<TextBatch> ReadBatches(int group, long batchBytes, CancellationToken cancellationToken = default);
}
