using Bytemill.Corpus;

namespace Bytemill.Pipeline;

/// <summary>How tokenized rows are laid out in files. The default is one Parquet file for each input file, with its rows and row groups.</summary>
public sealed record OutputLayout
{
    /// <summary>Shortest packed sequence.</summary>
    public const int MinPack = 2;

    /// <summary>Longest packed sequence.</summary>
    public const int MaxPack = 1 << 24;

    /// <summary>Most ids that 16 bits can tell apart.</summary>
    public const int MostUInt16Ids = 1 << 16;

    // Where Megatron-LM itself goes over to 32 bits.
    private const int MostMegatronUInt16Ids = 65_499;

    /// <summary>Format of the files.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>Type of the ids; the default suits format and vocabulary.</summary>
    public IdType IdType { get; init; }

    /// <summary>Special tokens around each document; <c>null</c> for both when packed, <c>&lt;eos&gt;</c> for formats that tell documents apart by it, else none.</summary>
    public DocumentTokens? DocumentTokens { get; init; }

    /// <summary>Rows at which a row group ends; <c>null</c> for the input's row groups, or 1 048 576.</summary>
    public long? RowGroupRows { get; init; }

    /// <summary>Uncompressed bytes at which a row group ends; <c>null</c> for the input's row groups, or 64 MiB.</summary>
    public long? RowGroupBytes { get; init; }

    /// <summary>Bytes at which a file ends and another begins; <c>null</c> for never.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Length of packed sequences; <c>null</c> for a row for each document.</summary>
    public int? Pack { get; init; }

    /// <summary>Whether the last sequence, where it is not full, is dropped; else it is padded.</summary>
    public bool DropsLast { get; init; }

    /// <summary>Parts that rows are divided among (<see cref="SplitRule"/>); <c>null</c> for one.</summary>
    public string? Split { get; init; }

    /// <summary>Another one divides the rows otherwise.</summary>
    public ulong SplitSeed { get; init; }

    /// <summary>Seed of the order that all rows, or packed sequences, are brought into; <c>null</c> for that of the inputs.</summary>
    public ulong? Shuffle { get; init; }

    /// <summary>Text bytes of the rows that come into one shuffled file; divides the order among files and changes none.</summary>
    public long ShuffleSliceBytes { get; init; } = 128L << 20;

    /// <summary>Whether rows keep to their files and row groups, so that whatever is kept can be copied as it is.</summary>
    public bool IsPlain => this with { IdType = IdType.Default } == new OutputLayout();

    /// <summary>Whether kept columns have a place.</summary>
    public bool HasKeptColumns => Format == OutputFormat.Parquet && Pack is null;

    /// <summary>Whether documents without tokens have a row.</summary>
    public bool HasEmptyRows => HasKeptColumns;

    /// <summary>Special tokens around each document.</summary>
    public DocumentTokens TokensAround => DocumentTokens
        ?? (Pack is not null ? Pipeline.DocumentTokens.Bos | Pipeline.DocumentTokens.Eos
            : Format == OutputFormat.Parquet ? Pipeline.DocumentTokens.None
            : Pipeline.DocumentTokens.Eos);

    /// <summary>The rule of <see cref="Split"/>.</summary>
    public SplitRule? SplitRule => Split is null ? null : SplitRule.Parse(Split, SplitSeed);

    /// <summary>Type of the ids with a vocabulary.</summary>
    /// <param name="vocabularySize">Number of its ids.</param>
    public IdType TypeFor(int vocabularySize) => (IdType, Format) switch
    {
        (not (IdType.Default or IdType.Narrowest), _) => IdType,
        (_, OutputFormat.Megatron) => vocabularySize <= MostMegatronUInt16Ids ? IdType.UInt16 : IdType.Int32,
        (_, OutputFormat.Npy) => vocabularySize <= MostUInt16Ids ? IdType.UInt16 : IdType.UInt32,
        (IdType.Narrowest, _) when vocabularySize <= MostUInt16Ids => IdType.UInt16,
        _ => IdType.Int32,
    };

    /// <summary>Checks what can be checked without the corpus.</summary>
    /// <param name="keep">Columns asked for.</param>
    /// <param name="vocabularySize">Most ids that the model may have.</param>
    /// <exception cref="JobInputException">Options are out of range or do not fit together.</exception>
    public void Check(IReadOnlyCollection<string>? keep, int vocabularySize)
    {
        Require(Enum.IsDefined(Format), $"--output-format is parquet, megatron or npy; found {(int)Format}.");
        Require(Enum.IsDefined(IdType), $"--id-type is int32, uint16, uint32 or auto; found {(int)IdType}.");
        Require(
            IdType != IdType.UInt16 || vocabularySize <= MostUInt16Ids,
            $"--id-type uint16 holds {MostUInt16Ids} ids, the vocabulary may have {vocabularySize}; take int32 or uint32.");
        Require(
            Format != OutputFormat.Megatron || IdType != IdType.UInt32,
            "--output-format megatron knows no uint32; take --id-type int32 or uint16.");
        Require(
            Format == OutputFormat.Parquet || (RowGroupRows is null && RowGroupBytes is null),
            "--row-group-rows and --row-group-size are for --output-format parquet.");
        Require(RowGroupRows is null or >= 1, $"--row-group-rows must be at least 1; found {RowGroupRows}.");
        Require(RowGroupBytes is null or >= 1, $"--row-group-size must be at least 1 byte; found {RowGroupBytes}.");
        Require(FileBytes is null or >= 1, $"--file-size must be at least 1 byte; found {FileBytes}.");
        Require(Pack is null or (>= MinPack and <= MaxPack), $"--pack must be in [{MinPack}..{MaxPack}]; found {Pack}.");
        Require(Pack is not null || !DropsLast, "--pack-last is about packed sequences; say how long they are with --pack.");
        Require(
            HasKeptColumns || keep is null or { Count: 0 },
            $"Columns cannot be kept {(Pack is null ? "in --output-format megatron or npy" : "with --pack, where a row is of many documents")}; leave --keep out.");
        Require(ShuffleSliceBytes >= 1, $"A slice of the shuffled order must be at least 1 byte of text; found {ShuffleSliceBytes}.");
        try
        {
            _ = SplitRule;
        }
        catch (FormatException e)
        {
            throw new JobInputException($"--split: {e.Message}.", e);
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new JobInputException(message);
        }
    }
}
