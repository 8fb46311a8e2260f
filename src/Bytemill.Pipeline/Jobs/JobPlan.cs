using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>
/// The frozen division of a job into work: a pure function of spec and corpus. Written once to the work directory, read by
/// every node. Neither the number of workers nor the order in which anything happens goes into it.
/// </summary>
/// <param name="Spec">The job as submitted.</param>
/// <param name="Files">Input files, sorted by path.</param>
/// <param name="OutputNames">One tokenized file for each input file, relative to the output directory.</param>
/// <param name="Partitions">Row-group ranges, the unit of counting and segmenting.</param>
/// <param name="NGramRanges">Slices of the n-gram key space.</param>
/// <param name="PieceRanges">Slices of the piece key space.</param>
public sealed record JobPlan(
    JobSpec Spec,
    ImmutableArray<CorpusFile> Files,
    ImmutableArray<string> OutputNames,
    ImmutableArray<CorpusPartition> Partitions,
    KeyRanges NGramRanges,
    KeyRanges PieceRanges)
{
    /// <summary>How many tasks the stages have.</summary>
    public JobSize Size => new(Partitions.Length, Files.Length, NGramRanges.Count, PieceRanges.Count);

    /// <summary>Uncompressed bytes of the text column over all files.</summary>
    public long TextBytes => Partitions.Sum(partition => partition.TextBytes);

    /// <summary>Rows over all files.</summary>
    public long Rows => Partitions.Sum(partition => partition.Rows);

    /// <summary>Text bytes of one file.</summary>
    public long TextBytesOfFile(int fileIndex) => Files[fileIndex].RowGroups.Sum(group => group.TextBytes);
}
