using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Bytemill.Web.Api;

/// <summary>
/// A job as it is asked for: the body of a request, the file of <c>bytemill submit</c>. Names are those of the options of <c>bytemill run</c>; what is left
/// out has the same default.
/// </summary>
/// <remarks>Set and not only initialised: generated readers would put nothing in place of the defaults of what is left out.</remarks>
[Description("A job for a Bytemill cluster. Names are those of the options of 'bytemill run'; what is left out has the same default.")]
public sealed record JobRequest
{
    /// <summary>Characters of an id.</summary>
    public const string IdPattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

    /// <summary>Id of the job; the header <c>Idempotency-Key</c> does the same.</summary>
    [Description("Id of the job, of your choice: asking for the same job again under the same id starts no other. Left out, the job gets one.")]
    [RegularExpression(IdPattern, ErrorMessage = "must be 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit.")]
    public string? Id { get; set; }

    /// <summary>Which goes first.</summary>
    [Description("Of the jobs that wait, those with a higher number go first; equal ones in the order in which they came.")]
    public int Priority { get; set; }

    /// <summary>What it does.</summary>
    [Description("run: train, then tokenize. train: only that. tokenize: with 'model'.")]
    [AllowedValues("run", "train", "tokenize")]
    public string Mode { get; set; } = "run";

    /// <summary>What it reads.</summary>
    [Description("Parquet, .jsonl or .txt files (these also .gz or .zst): files, directories or globs, with '@2' behind one whose text counts twice in training; or '@LIST', a file with an input in each line. See docs/input.md.")]
    [Required(ErrorMessage = "is missing: say which files to read.")]
    [MinLength(1, ErrorMessage = "is empty: say which files to read.")]
    public ImmutableArray<string>? Inputs { get; set; }

    /// <summary>Part of a dataset.</summary>
    [Description("Inputs are directories of Hugging Face datasets: read this split of them, as train; with a config in front where the card has several, as en/train.")]
    public string? HfSplit { get; set; }

    /// <summary>Where results go.</summary>
    [Description("Directory for the results; new or empty.")]
    [Required(ErrorMessage = "is missing: say where the results go.")]
    public string? Output { get; set; }

    /// <summary>The text.</summary>
    [Description("Column or JSON property that holds the text, also in a struct: doc.text.")]
    public string TextColumn { get; set; } = "text";

    /// <summary>Rows to take.</summary>
    [Description("Take only rows that meet it: comparisons of columns, also of directories, joined by 'and': lang in (zh, ja) and score >= 0.5")]
    public string? Where { get; set; }

    /// <summary>Part of the rows.</summary>
    [Description("Take about this fraction of these rows, the same ones every time.")]
    public double? Sample { get; set; }

    /// <summary>Number of rows.</summary>
    [Description("Take only the first N of these rows, in order of the files' paths.")]
    [Range(1L, long.MaxValue)]
    public long? Limit { get; set; }

    /// <summary>Damaged input.</summary>
    [Description("fail: input that cannot be used ends the job. skip: it is left out, and the manifest lists it.")]
    [AllowedValues("fail", "skip")]
    public string OnError { get; set; } = "fail";

    /// <summary>Ill-formed text.</summary>
    [Description("What becomes of text that is no UTF-8. Default: fail, with on_error skip: skip-row.")]
    [AllowedValues("fail", "replace", "skip-row", "keep", null)]
    public string? InvalidUtf8 { get; set; }

    /// <summary>Earlier results.</summary>
    [Description("Replace the results of an earlier job in the output directory (only what its manifest lists), or an unfinished job.")]
    public bool Overwrite { get; set; }

    /// <summary>Results that stay.</summary>
    [Description("For mode tokenize: add to the results in the output, tokenizing only inputs that are new or have changed since. Name all inputs, old and new.")]
    public bool Update { get; set; }

    /// <summary>Results of inputs that are gone.</summary>
    [Description("With update: remove what was made of inputs that are no longer named or there; else these are an error.")]
    public bool DropMissing { get; set; }

    /// <summary>Counts that stay.</summary>
    [Description("For modes run and train: keep the counts of each partition in the output, for a later job with extend.")]
    public bool KeepCounts { get; set; }

    /// <summary>Counts that are taken over.</summary>
    [Description("For mode train: output of a finished job with keep_counts, whose counts of inputs that are still the same are taken over.")]
    public string? Extend { get; set; }

    /// <summary>Work files.</summary>
    [Description("Directory for the job's work files, on storage that all nodes see, or s3://BUCKET/PREFIX. Default: inside the output directory.")]
    public string? SpillDir { get; set; }

    /// <summary>Whether room is asked for.</summary>
    [Description("Whether the job waits for room when the disk seems to have too little for its work files, instead of starting.")]
    public bool DiskCheck { get; set; } = true;

    /// <summary>Sizes of the vocabulary.</summary>
    [Description("Largest number of ids, the 3 special ones included; several give nested vocabularies in one run. At least 259.")]
    [MinLength(1, ErrorMessage = "is empty: give at least one size.")]
    [JsonConverter(typeof(OneOrMoreConverter))]
    public ImmutableArray<int> VocabSize { get; set; } = [32_000];

    /// <summary>Longest n-gram.</summary>
    [Description("Longest n-gram counted, in bytes.")]
    [Range(1, 8)]
    public int Order { get; set; } = 6;

    /// <summary>Smallest count.</summary>
    [Description("n-grams and pieces that occur less often are dropped.")]
    [Range(1L, long.MaxValue)]
    public long MinCount { get; set; } = 2;

    /// <summary>Longest piece.</summary>
    [Description("Longest piece, in bytes.")]
    [Range(1, int.MaxValue)]
    public int MaxPieceLength { get; set; } = 36;

    /// <summary>Digits.</summary>
    [Description("Make every decimal digit, of any script, a piece of its own.")]
    public bool IsolateDigits { get; set; }

    /// <summary>Characters.</summary>
    [Description("Whether pieces of several bytes may begin only where a character begins.")]
    public bool EnsureUnicode { get; set; } = true;

    /// <summary>Normal form.</summary>
    [Description("nfc, or none to keep the text byte for byte.")]
    [AllowedValues("nfc", "none")]
    public string Normalization { get; set; } = "nfc";

    /// <summary>Shards.</summary>
    [Description("Slices of the key space, for n-grams and pieces each. Changes no result.")]
    [Range(1, 4096)]
    public int Shards { get; set; } = 8;

    /// <summary>Partitions.</summary>
    [Description("Bytes of text that a worker takes at a time. Changes no result.")]
    [Range(1L, long.MaxValue)]
    public long PartitionBytes { get; set; } = 32L << 20;

    /// <summary>Size that tokenizes.</summary>
    [Description("Of several vocabulary sizes, the one that tokenizes the corpus; default: the largest.")]
    public int? TokenizeWith { get; set; }

    /// <summary>Model that tokenizes.</summary>
    [Description("For mode tokenize: the model.bytemill of a training run.")]
    public string? Model { get; set; }

    /// <summary>Other columns.</summary>
    [Description("Columns to copy beside the ids; [] for none. Default: all but the text; of JSON lines none.")]
    public ImmutableArray<string>? Keep { get; set; }

    /// <summary>Format.</summary>
    [Description("Format of the tokenized files: parquet; megatron: .bin and .idx of Megatron-LM; npy: NumPy arrays. See docs/output.md.")]
    [AllowedValues("parquet", "megatron", "npy")]
    public string OutputFormat { get; set; } = "parquet";

    /// <summary>Type of ids.</summary>
    [Description("Type of the ids; auto: uint16 where the vocabulary allows. Default: int32 in Parquet, else auto.")]
    [AllowedValues("int32", "uint16", "uint32", "auto", null)]
    public string? IdType { get; set; }

    /// <summary>Compression.</summary>
    [Description("zstd level of Parquet files.")]
    [Range(1, 22)]
    public int ZstdLevel { get; set; } = 3;

    /// <summary>Row groups.</summary>
    [Description("End a row group of Parquet at so many rows. Default: the input's row groups.")]
    [Range(1L, long.MaxValue)]
    public long? RowGroupRows { get; set; }

    /// <summary>Row groups.</summary>
    [Description("End a row group of Parquet at so many bytes before compression. Default: the input's row groups.")]
    [Range(1L, long.MaxValue)]
    public long? RowGroupBytes { get; set; }

    /// <summary>Files.</summary>
    [Description("End a file at about so many bytes and go on in another. Default: one file for each input file.")]
    [Range(1L, long.MaxValue)]
    public long? FileBytes { get; set; }

    /// <summary>Packing.</summary>
    [Description("Join the documents of a file to sequences of so many ids for training; no other columns.")]
    [Range(2, 1 << 24)]
    public int? Pack { get; set; }

    /// <summary>The last sequence.</summary>
    [Description("With pack: pad the last sequence of a file, or drop it.")]
    [AllowedValues("pad", "drop")]
    public string PackLast { get; set; } = "pad";

    /// <summary>Special tokens.</summary>
    [Description("Special tokens around each document. Default: bos,eos with pack, eos in megatron and npy, none in Parquet.")]
    [AllowedValues("none", "bos", "eos", "bos,eos", null)]
    public string? AddSpecial { get; set; }

    /// <summary>Parts.</summary>
    [Description("Divide the rows at random, the same way every time, among directories: train=0.98,valid=0.02")]
    public string? Split { get; set; }

    /// <summary>Seed of that.</summary>
    [Description("With split: another one divides the rows otherwise. Default: 0.")]
    public ulong? SplitSeed { get; set; }

    /// <summary>Order of rows.</summary>
    [Description("Seed: bring all rows, or packed sequences, of all files into one random order, the same for the same seed.")]
    public ulong? Shuffle { get; set; }

    /// <summary>Dataset card.</summary>
    [Description("Write README.md, a dataset card of Hugging Face, beside the Parquet files, and the types of the columns into them as datasets does.")]
    public bool DatasetCard { get; set; }

    /// <summary>Random segmentation.</summary>
    [Description("Draw random segmentations instead of taking the best: exact (each in proportion to exp(alpha * score)) or viterbi.")]
    [AllowedValues("exact", "viterbi", null)]
    public string? Sampling { get; set; }

    /// <summary>Weight of scores.</summary>
    [Description("With sampling: weight of the scores, 0 (all segmentations alike) to 1000 (the best). Default: 0.2.")]
    [Range(0.0, 1000.0)]
    public double? Alpha { get; set; }

    /// <summary>Epochs.</summary>
    [Description("With sampling: how often to tokenize the corpus, each time with other segmentations. Default: 1.")]
    [Range(1, 1000)]
    public int? Epochs { get; set; }

    /// <summary>Seed of that.</summary>
    [Description("With sampling: another one draws other segmentations. Default: 0.")]
    public ulong? Seed { get; set; }
}
