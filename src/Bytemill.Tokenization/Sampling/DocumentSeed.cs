namespace Bytemill.Tokenization;

/// <summary>The seed of each document of a corpus, by its place alone: not by who tokenizes it, when, or in which company.</summary>
public static class DocumentSeed
{
    /// <summary>The seed of a document.</summary>
    /// <param name="jobSeed">Chosen by the user; any number.</param>
    /// <param name="epoch">Which segmentation of the corpus, from 0.</param>
    /// <param name="file">Index of the file in the corpus's files, ordered by path; from 0.</param>
    /// <param name="row">Index of the row in the file, empty and null rows counted; from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative.</exception>
    /// <remarks>
    /// Output <paramref name="row"/> of SplitMix64 seeded with output <paramref name="file"/> of one seeded with output
    /// <paramref name="epoch"/> of one seeded with <paramref name="jobSeed"/>; outputs are counted from 0. Never to be changed.
    /// </remarks>
    public static ulong Of(ulong jobSeed, int epoch, int file, long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(file);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ulong ofEpoch = SplitMix64.Output(jobSeed, (ulong)epoch);
        ulong ofFile = SplitMix64.Output(ofEpoch, (ulong)file);
        return SplitMix64.Output(ofFile, (ulong)row);
    }
}
