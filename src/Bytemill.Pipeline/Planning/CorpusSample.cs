using System.Collections.Immutable;

namespace Bytemill.Pipeline;

/// <summary>Documents spread evenly over a corpus.</summary>
/// <param name="Documents">UTF-8 text, in the order of the corpus.</param>
/// <param name="CorpusBytes">Text of the whole corpus: what the footers say, corrected by what the sampled row groups held.</param>
/// <param name="CorpusFileBytes">Size of its files, all columns.</param>
/// <param name="Rows">Rows of the corpus.</param>
/// <param name="Files">Files of the corpus.</param>
/// <param name="ReadSecondsPerByte">Time to read and decode a byte of text.</param>
internal sealed record CorpusSample(
    ImmutableArray<byte[]> Documents, long CorpusBytes, long CorpusFileBytes, long Rows, int Files, double ReadSecondsPerByte)
{
    /// <summary>Bytes of text sampled.</summary>
    public long Bytes => Documents.Sum(document => (long)document.Length);
}
