using System.ComponentModel;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>plan</c>: those of a training run, the machines, and the sample.</summary>
internal sealed class PlanSettings : CommandSettings
{
    [CommandArgument(0, "[INPUTS]")]
    [Description("Input files, as --input: also what the shell makes of an unquoted glob.")]
    public string[] MoreInputs { get; init; } = [];

    [CommandOption("-i|--input <PATH>")]
    [Description("Parquet, .jsonl or .txt files (these also .gz or .zst): a file, a directory or a quoted glob ('DIR/*.parquet'); may be given several times. See docs/input.md.")]
    public string[] Inputs { get; init; } = [];

    [CommandOption("--text-column <NAME>")]
    [Description("Column or JSON property that holds the text, also in a struct: doc.text. In .txt files every line is a text.")]
    [DefaultValue("text")]
    public string TextColumn { get; init; } = "text";

    [CommandOption("--where <CONDITION>")]
    [Description(RowOption.WhereHelp)]
    public string? Where { get; init; }

    [CommandOption("--sample <FRACTION>")]
    [Description(RowOption.SampleHelp)]
    public double? Sample { get; init; }

    [CommandOption("--limit <N>")]
    [Description(RowOption.LimitHelp)]
    public long? Limit { get; init; }

    [CommandOption("--vocab-size <N[[,N...]]>")]
    [Description("Largest number of ids, as for 'run'.")]
    [DefaultValue("32000")]
    public string VocabSize { get; init; } = "32000";

    [CommandOption("--order <N>")]
    [Description("Longest n-gram counted, in bytes, 1 to 8.")]
    [DefaultValue(6)]
    public int Order { get; init; } = 6;

    [CommandOption("--min-count <N>")]
    [Description("n-grams and pieces that occur less often are dropped.")]
    [DefaultValue(2L)]
    public long MinCount { get; init; } = 2;

    [CommandOption("--isolate-digits")]
    [Description("Make every decimal digit, of any script, a piece of its own.")]
    public bool IsolateDigits { get; init; }

    [CommandOption("--shards <N>")]
    [Description("Slices of the key space, for n-grams and pieces each.")]
    [DefaultValue(8)]
    public int Shards { get; init; } = 8;

    [CommandOption("--partition-size <MB>")]
    [Description("Text that a worker takes at a time, in MB.")]
    [DefaultValue(32)]
    public int PartitionMegabytes { get; init; } = 32;

    [CommandOption("--train-only")]
    [Description("Plan 'train' instead of 'run'.")]
    public bool TrainOnly { get; init; }

    [CommandOption("--nodes <N>")]
    [Description("Nodes of the cluster.")]
    [DefaultValue(1)]
    public int Nodes { get; init; } = 1;

    [CommandOption("--workers <N>")]
    [Description("Tasks at the same time on each node; default: one for each core of this machine.")]
    public int? Workers { get; init; }

    [CommandOption("--memory <SIZE>")]
    [Description("Memory budget of each node's process, such as 2GB; default: half of this machine's or container's.")]
    public string? Memory { get; init; }

    [CommandOption("--disk-bandwidth <MB/S>")]
    [Description("What a node's disk reads or writes in a second, in MB; default: measured here, and nothing for what fits into the page cache.")]
    public double? DiskMegabytes { get; init; }

    [CommandOption("--network-bandwidth <MB/S>")]
    [Description("What a node sends or receives in a second, in MB; default: 125, a gigabit.")]
    public double? NetworkMegabytes { get; init; }

    [CommandOption("--text-bytes <SIZE>")]
    [Description("Plan for so much text like this, such as 50TB, instead of for this corpus.")]
    public string? TextBytes { get; init; }

    [CommandOption("--sample-size <SIZE>")]
    [Description("Text to read and train on for the estimate.")]
    [DefaultValue("16MB")]
    public string SampleSize { get; init; } = "16MB";

    [CommandOption("--spill-dir <DIR>")]
    [Description("Where work files would go: its disk is measured; default: the current directory.")]
    public string SpillDirectory { get; init; } = ".";

    [CommandOption("--json")]
    [Description("Write the plan as JSON.")]
    public bool Json { get; init; }

    /// <summary>What these options ask for.</summary>
    /// <exception cref="JobInputException">One is out of range.</exception>
    public PlanRequest ToRequest()
    {
        string[] inputs = [.. Inputs, .. MoreInputs];
        Require(inputs.Length > 0, "No input. Say which files to read with --input 'DIR/*.parquet'.");
        Require(Nodes >= 1, $"--nodes must be at least 1; found {Nodes}.");
        Require(Workers is not < 1, $"--workers must be at least 1; found {Workers}.");
        Require(PartitionMegabytes >= 1, $"--partition-size must be at least 1; found {PartitionMegabytes}.");
        Require(DiskMegabytes is not <= 0, Units.Format($"--disk-bandwidth must be more than 0; found {DiskMegabytes}."));
        Require(NetworkMegabytes is not <= 0, Units.Format($"--network-bandwidth must be more than 0; found {NetworkMegabytes}."));
        long? memory = Memory is null ? null : ByteSize.Parse(Memory, "--memory").Bytes;
        long? textBytes = TextBytes is null ? null : ByteSize.Parse(TextBytes, "--text-bytes").Bytes;
        Require(textBytes is not < 1, "--text-bytes must be at least 1 byte; found 0.");
        Require(memory is not < 64_000_000, $"--memory must be at least 64MB; found {Memory}.");
        long sample = ByteSize.Parse(SampleSize, "--sample-size").Bytes;
        // Counted in memory, several times over.
        Require(sample is >= 1_000 and <= 500_000_000, $"--sample-size must be in [1kB..500MB]; found {SampleSize}.");
        var cluster = new ClusterShape { Nodes = Nodes, DiskBytesPerSecond = DiskMegabytes * 1e6, NetworkBytesPerSecond = NetworkMegabytes * 1e6 };
        Require(!StorePath.IsRemote(SpillDirectory), $"--spill-dir {SpillDirectory}: a disk is measured here; give a directory of this machine.");
        string spill = Path.GetFullPath(SpillDirectory);
        return new PlanRequest
        {
            Spec = new JobSpec
            {
                Mode = TrainOnly ? JobMode.Train : JobMode.Run,
                Inputs = [.. inputs.Select(InputExpression.Absolute)],
                TextColumn = TextColumn,
                Where = Where,
                Sample = Sample,
                Limit = Limit,
                // Nothing is written: the job's checks of an output directory do not matter here.
                OutputDirectory = Path.Combine(spill, ".bytemill-plan"),
                Training = new()
                {
                    Order = Order,
                    MaxVocabSizes = OptionLists.ReadSizes(VocabSize),
                    MinCount = MinCount,
                    IsolateDigits = IsolateDigits,
                },
                NGramShards = Shards,
                PieceShards = Shards,
                PartitionBytes = (long)PartitionMegabytes << 20,
            },
            Cluster = cluster with { Workers = Workers ?? cluster.Workers, MemoryBytes = memory ?? cluster.MemoryBytes },
            TextBytes = textBytes,
            SampleBytes = sample,
            SpillDirectory = spill,
        };
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new JobInputException(message);
        }
    }
}
