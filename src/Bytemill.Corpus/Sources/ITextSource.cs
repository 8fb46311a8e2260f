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

    /// <summary>Finds the rows of a group that are taken, by <see cref="SourceOptions.Where"/> and <see cref="SourceOptions.Sample"/>, without
    /// reading its text.</summary>
    /// <param name="group">0-based index, less than <see cref="GroupCount"/>.</param>
    /// <param name="take">As <see cref="RowGroupInfo.Take"/>.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <returns>The rows. Of lines only the limit, since only reading them tells; <see cref="TextBatch.IsTaken"/> does so.</returns>
    /// <exception cref="CorpusException">A column is damaged, missing, or cannot be compared.</exception>
    RowSelection SelectRows(int group, long? take, CancellationToken cancellationToken = default);

    /// <summary>Reads the text of a group a part at a time, in order.</summary>
    /// <param name="group">0-based index, less than <see cref="GroupCount"/>.</param>
    /// <param name="batchBytes">About how much memory a batch may take; a single row may be larger. Changes no row.</param>
    /// <param name="selection">What <see cref="SelectRows"/> gave, or fewer rows. Rows after its end are not read; the text of others that are not taken may
    /// be missing.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <returns>Batches of at least one row, each to be disposed before the next is asked for.</returns>
    /// <exception cref="CorpusException">The data is damaged, of a kind that is not supported, or no UTF-8; names file, group and row or line.</exception>
    IEnumerable<TextBatch> ReadBatches(int group, long batchBytes, RowSelection selection, CancellationToken cancellationToken = default);

    /// <summary>Reads the columns of a group that are to be copied, as copying them will, only to find damage.</summary>
    /// <param name="group">0-based index, less than <see cref="GroupCount"/>.</param>
    /// <param name="copied">Which.</param>
    /// <param name="selection">The rows that will be copied.</param>
    /// <param name="cancellationToken">Looked at while reading.</param>
    /// <exception cref="CorpusException">A column is damaged, missing, or cannot be kept.</exception>
    void CheckCopied(int group, CopiedColumns copied, RowSelection selection, CancellationToken cancellationToken = default);
}
