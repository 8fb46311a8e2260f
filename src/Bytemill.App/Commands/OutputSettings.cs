using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of the commands that tokenize a corpus: what goes into the files, and how they are laid out.</summary>
internal abstract class OutputSettings : JobSettings
{
    [CommandOption("--keep <COLUMNS>")]
    [Description("Columns to copy beside the ids, joined by commas; '' for none. Default: all but the text; of JSON lines none.")]
    public string? Keep { get; init; }

    [CommandOption("--output-format <FORMAT>")]
    [Description("parquet; megatron: .bin and .idx of Megatron-LM's indexed dataset; npy: NumPy arrays. How to load each: docs/output.md.")]
    [DefaultValue("parquet")]
    public string OutputFormat { get; init; } = "parquet";

    [CommandOption("--dataset-card")]
    [Description("Write README.md, a dataset card of Hugging Face, beside the Parquet files, and the types of the columns into them as datasets does: load_dataset(\"DIR\") then knows splits, types and sizes.")]
    public bool DatasetCard { get; init; }

    [CommandOption("--id-type <TYPE>")]
    [Description("Type of the ids: int32, uint16 (at most 65536 ids), uint32, or auto: uint16 where the vocabulary allows. Default: int32 in Parquet, else auto.")]
    public string? IdType { get; init; }

    [CommandOption("--zstd-level <N>")]
    [Description("zstd level of Parquet files, 1 to 22.")]
    [DefaultValue(3)]
    public int ZstdLevel { get; init; } = 3;

    [CommandOption("--row-group-rows <N>")]
    [Description("End a row group of Parquet at so many rows. Default: the input's row groups.")]
    public long? RowGroupRows { get; init; }

    [CommandOption("--row-group-size <SIZE>")]
    [Description("End a row group of Parquet at so many bytes before compression, as 64MB. Default: the input's row groups.")]
    public ByteSize? RowGroupSize { get; init; }

    [CommandOption("--file-size <SIZE>")]
    [Description("End a file at about this size, as 256MB, and go on in another: NAME-00000, NAME-00001 ... Default: one file for each input file.")]
    public ByteSize? FileSize { get; init; }

    [CommandOption("--pack <LENGTH>")]
    [Description("Join the documents of a file to sequences of LENGTH ids for training, with position_ids and document_ids; no other columns.")]
    public int? Pack { get; init; }

    [CommandOption("--pack-last <WHAT>")]
    [Description("With --pack: pad the last sequence of a file, or drop it.")]
    [DefaultValue("pad")]
    public string PackLast { get; init; } = "pad";

    [CommandOption("--add-special <TOKENS>")]
    [Description("Special tokens around each document: bos,eos or bos or eos or none. Default: bos,eos with --pack, eos in megatron and npy, none in Parquet.")]
    public string? AddSpecial { get; init; }

    [CommandOption("--split <PARTS>")]
    [Description("Divide the rows at random, the same way every time, among directories: train=0.98,valid=0.02.")]
    public string? Split { get; init; }

    [CommandOption("--split-seed <N>")]
    [Description("With --split: any whole number from 0; another one divides the rows otherwise. Default: 0.")]
    public ulong? SplitSeed { get; init; }

    [CommandOption("--shuffle <SEED>")]
    [Description("Bring all rows, or packed sequences, of all files into one random order, the same for the same whole number; into part-00000, part-00001 ... of about 128 MB of text each.")]
    public ulong? Shuffle { get; init; }

    [CommandOption("--sampling <METHOD>")]
    [Description(SamplingOption.Help)]
    public string? Sampling { get; init; }

    [CommandOption("--alpha <A>")]
    [Description(SamplingOption.AlphaHelp)]
    public double? Alpha { get; init; }

    [CommandOption("--epochs <N>")]
    [Description(SamplingOption.EpochsHelp)]
    public int? Epochs { get; init; }

    [CommandOption("--seed <N>")]
    [Description(SamplingOption.SeedHelp)]
    public ulong? Seed { get; init; }

    /// <summary>The job with what these options say of its files.</summary>
    protected JobSpec WithOutput(JobSpec spec) => spec with
    {
        Keep = OptionLists.ReadColumns(Keep),
        CompressionLevel = ZstdLevel,
        DatasetCard = DatasetCard,
        Layout = LayoutOption.Read(this),
        Sampling = SamplingOption.Read(Sampling, Alpha, Epochs, Seed),
    };
}
