using System.Collections.Immutable;
using System.Globalization;
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
    private const int MostShuffleSlices = 4096;

    /// <summary>Files that cannot be used and are left out, sorted by path.</summary>
    public ImmutableArray<LeftOutFile> LeftOutFiles { get; init; } = [];

    /// <summary>By task of tokenizing: what it made in the earlier job whose results are in the output, where its input is what it was then.</summary>
    internal ImmutableSortedDictionary<int, Wire.LedgerEntry> EarlierOutputs { get; init; } = ImmutableSortedDictionary<int, Wire.LedgerEntry>.Empty;

    /// <summary>By partition: what the job that this one extends has counted of it.</summary>
    internal ImmutableSortedDictionary<int, Wire.KeptRun> KeptRuns { get; init; } = ImmutableSortedDictionary<int, Wire.KeptRun>.Empty;

    /// <summary>What that job's counts were good for; <c>null</c> where none is extended.</summary>
    internal Wire.Extension? Extension { get; init; }

    /// <summary>The model that <see cref="JobSpec.ModelPath"/> held; <c>null</c> where the job makes its own, and in a plan of an older version.</summary>
    internal PlannedModel? Model { get; init; }

    /// <summary>How many tasks the stages have.</summary>
    public JobSize Size => new(Partitions.Length, TokenizedFileCount, NGramRanges.Count, PieceRanges.Count, checked(ShuffleSlices * (Spec.Sampling?.Epochs ?? 1)));

    /// <summary>Files that tokenizing makes: one for each input file, in each epoch where segmentations are drawn.</summary>
    public int TokenizedFileCount => checked(Files.Length * (Spec.Sampling?.Epochs ?? 1));

    /// <summary>Into how many slices the shuffled order of an epoch is cut, a file for each: the text decides; 0 without shuffling.</summary>
    public int ShuffleSlices => Spec.Layout.Shuffle is null ? 0
        : (int)Math.Clamp((TextBytes + Spec.Layout.ShuffleSliceBytes - 1) / Spec.Layout.ShuffleSliceBytes, 1, MostShuffleSlices);

    /// <summary>Text bytes that tokenizing reads.</summary>
    public long TokenizedTextBytes => checked(TextBytes * (Spec.Sampling?.Epochs ?? 1));

    /// <summary>Uncompressed bytes of the text column over all files.</summary>
    public long TextBytes => Partitions.Sum(partition => partition.TextBytes);

    /// <summary>How often the text of a partition counts in training.</summary>
    public int WeightOf(CorpusPartition partition) => Files[partition.Ranges[0].FileIndex].Weight;

    /// <summary>Rows over all files that are looked at; <see cref="RowGroupInfo.UnknownRows"/> where a file does not tell before it is read.</summary>
    public long Rows => Files.All(file => file.RowsToRead is not null) ? Files.Sum(file => file.RowsToRead!.Value) : RowGroupInfo.UnknownRows;

    /// <summary>The file that a task of tokenizing makes; one epoch after the other.</summary>
    /// <remarks>Directories are named as readers of partitioned Parquet expect, so the epoch is a column to them.</remarks>
    public TokenizedFile TokenizedFile(int task)
    {
        int input = task % Files.Length;
        if (Spec.Sampling is null)
        {
            return new TokenizedFile(input, null, OutputNames[input]);
        }

        int epoch = task / Files.Length;
        return new TokenizedFile(input, epoch, string.Create(CultureInfo.InvariantCulture, $"epoch={epoch}/{OutputNames[input]}"));
    }

    /// <summary>The file that a task of shuffling makes; one epoch after the other. It is of no single input.</summary>
    public TokenizedFile ShuffledFile(int task)
    {
        (int epoch, int slice) = Math.DivRem(task, ShuffleSlices);
        string name = string.Create(CultureInfo.InvariantCulture, $"part-{slice:D5}.parquet");
        return Spec.Sampling is null
            ? new TokenizedFile(-1, null, name)
            : new TokenizedFile(-1, epoch, string.Create(CultureInfo.InvariantCulture, $"epoch={epoch}/{name}"));
    }

    /// <summary>Units of progress of a task: bytes of text where the stage counts these (<see cref="StageKindExtensions.CountsBytes"/>), else 1.</summary>
    internal long UnitsOf(StageKind kind, int task) => kind switch
    {
        StageKind.TokenizeFiles => TextBytesOfFile(TokenizedFile(task).Input),
        _ when kind.CountsBytes() => Partitions[task].TextBytes,
        _ => 1,
    };

    /// <summary>Text bytes of one file.</summary>
    public long TextBytesOfFile(int fileIndex) => Files[fileIndex].RowGroups.Sum(group => group.IsLeftAside ? 0 : group.TextBytes);
}
