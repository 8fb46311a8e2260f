using System.ComponentModel;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options that all jobs have.</summary>
internal abstract class JobSettings : ClusterSettings
{
    [CommandArgument(0, "[INPUTS]")]
    [Description("Input files, as --input: also what the shell makes of an unquoted glob.")]
    public string[] MoreInputs { get; init; } = [];

    [CommandOption("-i|--input <PATH>")]
    [Description("Parquet, .jsonl or .txt files (these also .gz or .zst): a file, a directory or a quoted glob ('DIR/*.parquet'), with '@2' behind it when its text counts twice in training; or '@LIST', a file with an input in each line. May be given several times. See docs/input.md.")]
    public string[] Inputs { get; init; } = [];

    [CommandOption("--text-column <NAME>")]
    [Description("Column or JSON property that holds the text, also in a struct: doc.text. In .txt files every line is a text.")]
    [DefaultValue("text")]
    public string TextColumn { get; init; } = "text";

    [CommandOption("--hf-split <SPLIT>")]
    [Description("Inputs are directories of Hugging Face datasets: read this split of them, as train; with a config in front where the card has several, as en/train. What is which split, README.md says, or names of files and directories.")]
    public string? HfSplit { get; init; }

    [CommandOption("--where <CONDITION>")]
    [Description(RowOption.WhereHelp)]
    public string? Where { get; init; }

    [CommandOption("--sample <FRACTION>")]
    [Description(RowOption.SampleHelp)]
    public double? Sample { get; init; }

    [CommandOption("--limit <N>")]
    [Description(RowOption.LimitHelp)]
    public long? Limit { get; init; }

    [CommandOption("--on-error <WHAT>")]
    [Description("fail: input that cannot be used ends the job, which names it. skip: it is left out, and manifest.json lists it: files that are damaged or lack a column, row groups with a damaged page, lines that are no JSON. The input is then read once more, beforehand.")]
    [DefaultValue("fail")]
    public string OnError { get; init; } = "fail";

    [CommandOption("--invalid-utf8 <WHAT>")]
    [Description("What becomes of text that is no UTF-8. fail: it ends the job. replace: U+FFFD stands for what is ill-formed. skip-row: the row is left out, and manifest.json lists it. keep: its bytes stay. Default: fail, with --on-error skip skip-row.")]
    public string? InvalidUtf8 { get; init; }

    [CommandOption("-o|--output <DIR>")]
    [Description("Directory for the results; new or empty.")]
    public string Output { get; init; } = "";

    [CommandOption("--overwrite")]
    [Description("Replace the results of an earlier job in the output directory (only what its manifest lists), or an unfinished job.")]
    public bool Overwrite { get; init; }

    [CommandOption("--resume")]
    [Description("Go on with the job that was stopped or died in the output directory, from the last task that was done; the result is the same as without the interruption. With an empty or new directory: start.")]
    public bool Resume { get; init; }

    [CommandOption("--workers <N>")]
    [Description("Tasks at the same time; default: one for each core. Changes no result.")]
    public int? Workers { get; init; }

    [CommandOption("--memory <SIZE>")]
    [Description("Memory of this process, as 512MB or 2GiB, beside about 150 MB of the runtime; what does not fit goes to disk. Default: half of the machine's or container's. At least 128MiB. Changes no result.")]
    public ByteSize? Memory { get; init; }

    [CommandOption("--spill-dir <DIR>")]
    [Description("Directory for the job's work files, on a fast disk with room; in a cluster on storage that all nodes see, or s3://BUCKET/PREFIX. Default: inside the output directory.")]
    public string? SpillDirectory { get; init; }

    [CommandOption("--scratch-dir <DIR>")]
    [Description("With --spill-dir s3://…: directory on a disk of this machine, for what is being written and for copies of what is read again. In a cluster each node has its own (--spill-dir of 'bytemill node'). Default: below the user's local data, ~/.local/share/bytemill/scratch.")]
    public string? ScratchDirectory { get; init; }

    [CommandOption("--no-disk-check")]
    [Description("Start though the disk seems to have too little room for the work files.")]
    public bool NoDiskCheck { get; init; }

    [CommandOption("--cluster <HOST:PORT>")]
    [Description("Give the job to the cluster of this node instead of computing here. Paths must mean the same on all its nodes.")]
    public string? Cluster { get; init; }

    [CommandOption("--priority <N>")]
    [Description("With --cluster: of the jobs that wait, those with a higher number go first; equal ones in the order in which they came.")]
    [DefaultValue(0)]
    public int Priority { get; init; }

    [CommandOption("--hostname <HOST>")]
    [Description("With --cluster: address under which the cluster's nodes reach this process.")]
    [DefaultValue("127.0.0.1")]
    public string Hostname { get; init; } = "127.0.0.1";

    [CommandOption("--dashboard [PORT]")]
    [Description("Serve the dashboard at http://127.0.0.1:4080 while the job runs, or at another port (--dashboard=4090; 0 takes a free one).")]
    public FlagValue<int?> Dashboard { get; init; } = new();

    [CommandOption("--partition-size <MB>")]
    [Description("Text that a worker takes at a time, in MB. Changes no result.")]
    [DefaultValue(32)]
    public int PartitionMegabytes { get; init; } = 32;

    [CommandOption("--verbose")]
    [Description("Log what the nodes do, to standard error.")]
    public bool Verbose { get; init; }

    /// <summary>Whether the job is given to a cluster instead of done here.</summary>
    protected virtual bool IsForCluster => Cluster is not null;

    /// <summary>The job without what only some commands have.</summary>
    protected JobSpec ToSpec(JobMode mode)
    {
        string[] inputs = [.. Inputs, .. MoreInputs];
        if (inputs.Length == 0)
        {
            throw new JobInputException("No input. Say which files to read with --input 'DIR/*.parquet'.");
        }

        if (Output.Length == 0)
        {
            throw new JobInputException("No output. Say where the results go with --output DIR.");
        }

        if (Workers is < 1)
        {
            throw new JobInputException($"--workers must be at least 1; found {Workers}.");
        }

        if (Resume && Overwrite)
        {
            throw new JobInputException("--resume goes on with what is in the output, --overwrite starts anew; give one of them.");
        }

        if (Resume && IsForCluster)
        {
            throw new JobInputException("--resume is for jobs of this machine. A cluster with a journal goes on with its jobs by itself.");
        }

        if (Priority != 0 && !IsForCluster)
        {
            throw new JobInputException("--priority is for jobs that are given to a cluster, with --cluster HOST:PORT; here no other job waits.");
        }

        if (ScratchDirectory is not null && (IsForCluster || SpillDirectory is null || !StorePath.IsRemote(SpillDirectory)))
        {
            throw new JobInputException(IsForCluster
                ? "--scratch-dir is for jobs of this machine. In a cluster each node has its own: --spill-dir of 'bytemill node', spill-dir in its configuration, or BYTEMILL_SPILL_DIR."
                : "--scratch-dir is for jobs whose work files are in an object store (--spill-dir s3://…); others keep all of them in --spill-dir.");
        }

        if (StorePath.IsRemote(Output) && IsForCluster && SpillDirectory is null)
        {
            throw new JobInputException($"--output {Output}: in a cluster the job's work files need storage that all nodes see; say where with --spill-dir, s3://BUCKET/PREFIX or a directory that they share.");
        }

        if (Dashboard.IsSet && IsForCluster)
        {
            throw new JobInputException("--dashboard is for jobs of this machine. In a cluster a node serves it: bytemill node --http.");
        }

        MemoryOption.Check(Memory);
        InputErrorHandling onError = InputErrorNames.ReadOnError(OnError);
        return new JobSpec
        {
            Mode = mode,
            // Absolute, since another process may do the work.
            Inputs = [.. inputs.Select(InputExpression.Absolute)],
            DatasetSplit = HfSplit,
            TextColumn = TextColumn,
            Where = Where,
            Sample = Sample,
            Limit = Limit,
            OnError = onError,
            InvalidUtf8 = InvalidUtf8 is { } handling ? InputErrorNames.ReadInvalidUtf8(handling)
                : onError == InputErrorHandling.Skip ? InvalidUtf8Handling.SkipRow
                : InvalidUtf8Handling.Fail,
            OutputDirectory = StorePath.FullDirectory(Output),
            Overwrite = Overwrite,
            PartitionBytes = (long)PartitionMegabytes << 20,
            SpillDirectory = SpillDirectory is null ? null : StorePath.FullDirectory(SpillDirectory),
            SkipDiskCheck = NoDiskCheck,
        };
    }

    /// <summary>The node that works for the job, or the one that hands it to a cluster.</summary>
    public NodeOptions ToNode()
    {
        if (Cluster is { } seed)
        {
            return ReadNode(Environment.GetEnvironmentVariable) with { Roles = [ClusterRoles.Client], SeedNodes = [seed], SeedDns = null, Hostname = Hostname, Port = 0, Workers = 1 };
        }

        var node = new NodeOptions
        {
            MemoryBytes = MemoryOption.Check(Memory),
            SpillDirectory = ScratchDirectory is { } scratch ? NodeKeys.CheckSpillDirectory(scratch, "--scratch-dir") : null,
        };
        if (Dashboard.IsSet)
        {
            node = node with { Http = node.Http with { IsOn = true, Port = NodeKeys.CheckPort(Dashboard.Value ?? HttpOptions.DefaultPort, "--dashboard") } };
        }

        return Workers is { } workers ? node with { Workers = workers } : node;
    }

    /// <summary>The job that these options ask for.</summary>
    public abstract JobSpec ToSpec();
}
