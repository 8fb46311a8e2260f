using System.Collections.Immutable;
using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>What a user asks for. Immutable; together with the corpus it decides every byte of the result.</summary>
public sealed record JobSpec
{
    /// <summary>Which part of the pipeline to run.</summary>
    public JobMode Mode { get; init; } = JobMode.Run;

    /// <summary>Files, directories or globs of Parquet, JSON lines or text, with weights, or lists of them, as <see cref="InputExpression"/> reads them; absolute
    /// when the job goes to a cluster.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>Column that holds the text.</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>Directory for the model, the tokenized files and the manifest; on storage that every node sees.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Options of the training algorithm.</summary>
    public TrainerOptions Training { get; init; } = new();

    /// <summary>Model to tokenize with, for <see cref="JobMode.Tokenize"/>.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Columns copied beside the token ids; <c>null</c> copies all but the text, and of JSON lines none.</summary>
    public ImmutableArray<string>? Keep { get; init; }

    /// <summary>Number of slices of the n-gram key space. Belongs to the job, never to the cluster; changes no result.</summary>
    public int NGramShards { get; init; } = 8;

    /// <summary>Number of slices of the piece key space; changes no result.</summary>
    public int PieceShards { get; init; } = 8;

    /// <summary>With fewer candidate pieces than this, one task prunes them to a vocabulary instead of rounds over all shards; 0 for
    /// never. Changes no result.</summary>
    public long PruneTogetherBelow { get; init; } = PruningState.DefaultTogetherBelow;

    /// <summary>Text bytes that a partition aims at; changes no result.</summary>
    public long PartitionBytes { get; init; } = 32L << 20;

    /// <summary>Whether results of an earlier job in <see cref="OutputDirectory"/> may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether tokenized files of an earlier job in <see cref="OutputDirectory"/> stay where their inputs are what they were. Changes no result.</summary>
    public bool Update { get; init; }

    /// <summary>Whether an update removes tokenized files of inputs that are no longer among <see cref="Inputs"/>; else they are an error.</summary>
    public bool DropMissing { get; init; }

    /// <summary>Whether the n-gram counts of each partition stay in the output, for a job that extends this one.</summary>
    public bool KeepCounts { get; init; }

    /// <summary>Output of a finished job whose kept counts are taken over where they are what this job would count; <c>null</c> for none. Changes no model.</summary>
    public string? Extend { get; init; }

    /// <summary>Of several vocabulary sizes, the one that tokenizes the corpus; <c>null</c> is the largest.</summary>
    public int? TokenizeWithSize { get; init; }

    /// <summary>Random segmentations to tokenize the corpus with; <c>null</c> for the best one.</summary>
    public JobSampling? Sampling { get; init; }

    /// <summary>How tokenized rows are laid out in files.</summary>
    public OutputLayout Layout { get; init; } = new();

    /// <summary>zstd level of the tokenized files, 1 to 22.</summary>
    public int CompressionLevel { get; init; } = 3;

    /// <summary>Whether tokenized files and a card beside them tell Hugging Face <c>datasets</c> what they are.</summary>
    public bool DatasetCard { get; init; }

    /// <summary>
    /// Directory for the job's work files, on storage that every node sees, or <c>s3://bucket/prefix</c>; <c>null</c> keeps them below
    /// <see cref="OutputDirectory"/>. Changes no result.
    /// </summary>
    public string? SpillDirectory { get; init; }

    /// <summary>Whether the job starts though the disk seems to have too little room for its work files.</summary>
    public bool SkipDiskCheck { get; init; }

    /// <summary>Of inputs that are directories of Hugging Face datasets, the split to read, with its config in front where there are several (<c>en/train</c>);
    /// <c>null</c> for all files of directories.</summary>
    public string? DatasetSplit { get; init; }

    /// <summary>Condition on columns that rows must meet (<see cref="RowCondition"/>); <c>null</c> for all rows.</summary>
    public string? Where { get; init; }

    /// <summary>Fraction of these rows, drawn by file and place; <c>null</c> for all.</summary>
    public double? Sample { get; init; }

    /// <summary>Of these, the first ones in order of the files; <c>null</c> for all.</summary>
    public long? Limit { get; init; }

    /// <summary>What becomes of input that cannot be used.</summary>
    public InputErrorHandling OnError { get; init; }

    /// <summary>What becomes of text that is no UTF-8.</summary>
    public InvalidUtf8Handling InvalidUtf8 { get; init; }

    /// <summary>What is read of the inputs.</summary>
    public SourceOptions SourceOptions => new()
    {
        TextColumn = TextColumn,
        Keep = Mode == JobMode.Train ? [] : Keep ?? [],
        Where = Where is null ? null : RowCondition.Parse(Where),
        Sample = Sample is { } fraction ? new RowSample(fraction) : null,
        OnError = OnError,
        InvalidUtf8 = InvalidUtf8,
    };

    /// <summary>Whether rows can be left out, which a stage of its own finds out before any use of them.</summary>
    public bool LeavesOut => SourceOptions.LeavesOut;

    /// <summary>Columns of Parquet that are copied.</summary>
    public CopiedColumns CopiedColumns => Mode == JobMode.Train || !Layout.HasKeptColumns ? CopiedColumns.None : new CopiedColumns(Keep, !Layout.IsPlain);

    /// <summary>Vocabulary size that tokenizes the corpus.</summary>
    public int TokenizingSize => TokenizeWithSize ?? Training.MaxVocabSizes.Max();

    /// <summary>File name of the model of a size: plain when one size is asked for, else with the size in it.</summary>
    public string ModelFileName(int size) =>
        Training.MaxVocabSizes.Distinct().Count() == 1
            ? "model.bytemill"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"model-{size}.bytemill");
}
