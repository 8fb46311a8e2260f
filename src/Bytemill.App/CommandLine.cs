using System.Reflection;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>The commands with their help; what they do is in <c>Commands/</c>.</summary>
internal static class CommandLine
{
    public static void Configure(IConfigurator config)
    {
        config.SetApplicationName("bytemill");
        config.SetApplicationVersion(Version);
        config.PropagateExceptions();
        config.UseStrictParsing();
        config.AddCommand<RunCommand>("run")
            .WithDescription("Train a vocabulary on a corpus of Parquet files, then tokenize the corpus with it.")
            .WithExample("run", "--input", "'corpus/*.parquet'", "--output", "out")
            .WithExample("run", "--input", "'corpus/*.parquet'", "--vocab-size", "32000,16000", "--min-count", "32", "--keep", "id,lang", "--output", "out")
            .WithExample("run", "--input", "'corpus/*.parquet'", "--output", "out", "--resume")
            .WithExample("run", "--input", "corpus", "--output", "/shared/out", "--cluster", "10.0.0.1:4051");
        config.AddCommand<TrainCommand>("train")
            .WithDescription("Train a vocabulary on a corpus of Parquet files.")
            .WithExample("train", "--input", "'corpus/*.parquet'", "--text-column", "content", "--vocab-size", "32000", "--output", "out")
            .WithExample("train", "--input", "'corpus/*.parquet'", "--keep-counts", "--output", "may")
            .WithExample("train", "--input", "'corpus/*.parquet'", "--extend", "may", "--keep-counts", "--output", "june");
        config.AddCommand<TokenizeCommand>("tokenize")
            .WithDescription("Tokenize a corpus of Parquet files with a trained model.")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--output", "tokens")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--output", "tokens", "--update")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "wikipedia", "--hf-split", "train", "--dataset-card", "--output", "tokens")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--pack", "2048", "--split", "train=0.98,valid=0.02", "--shuffle", "7", "--output", "tokens")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--output-format", "megatron", "--output", "tokens")
            .WithExample("tokenize", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--sampling", "exact", "--alpha", "0.2", "--epochs", "3", "--output", "tokens");
        config.AddCommand<VerifyCommand>("verify")
            .WithDescription("Look the results of a job over: checksums and counts of all files as the manifest has them, the model that they were made with, and a sample of rows, decoded and compared with the input. Exit code 1 tells of faults.")
            .WithExample("verify", "out")
            .WithExample("verify", "tokens", "--rows", "all", "--model", "out/model.bytemill");
        config.AddCommand<PlanCommand>("plan")
            .WithDescription("Estimate what a run would take, by training on a sample: time, memory, disk and network of each phase.")
            .WithExample("plan", "--input", "'corpus/*.parquet'", "--min-count", "32")
            .WithExample("plan", "--input", "'corpus/*.parquet'", "--min-count", "100000", "--text-bytes", "50TB", "--nodes", "200", "--workers", "64", "--memory", "200GB", "--shards", "4096");
        config.AddCommand<ConvertCommand>("convert")
            .WithDescription("Convert a model: Bytemill's own file (bytemill; compiled: ready to use in milliseconds), the reference's JSON (bytepiece), tokenizer.json (huggingface), SentencePiece's .model, or a table of pieces and scores (tsv). What each format keeps, and where its readers may give other ids: docs/formats.md.")
            .WithExample("convert", "out/model.bytemill", "hub/", "--to", "huggingface")
            .WithExample("convert", "out/model.bytemill", "spm.model")
            .WithExample("convert", "out/model.bytemill", "-", "--to", "tsv")
            .WithExample("convert", "bytepiece.model", "model.bytemill", "--from", "bytepiece")
            .WithExample("convert", "out/model.bytemill", "out/model.bytemillc");
        config.AddCommand<EncodeCommand>("encode")
            .WithDescription("Encode text from a file, a pipe or --text: a line of ids for each line of text, or the whole to a file of numbers. Text may be endless.")
            .WithExample("encode", "--model", "out/model.bytemill", "--text", "'Hello, world'", "--pieces")
            .WithExample("encode", "--model", "out/model.bytemill", "notes.txt", "--format", "json")
            .WithExample("encode", "--model", "out/model.bytemill", "book.txt", "--format", "uint32", "--output", "book.ids")
            .WithExample("encode", "--model", "out/model.bytemill", "--text", "'Hello, world'", "--pieces", "--sampling", "exact", "--seed", "7");
        config.AddCommand<DecodeCommand>("decode")
            .WithDescription("Decode ids from a file, a pipe or --ids: a line of text for each line of ids, or what a file of numbers stands for, to the byte.")
            .WithExample("decode", "--model", "out/model.bytemill", "--ids", "'300 301 302'")
            .WithExample("decode", "--model", "out/model.bytemill", "book.ids", "--format", "uint32", "--output", "book.txt");
        config.AddCommand<InspectCommand>("inspect")
            .WithDescription("Show how a model cuts text, in colours on a terminal (NO_COLOR=1 for none); without text: what the model is.")
            .WithExample("inspect", "--model", "out/model.bytemill")
            .WithExample("inspect", "--model", "out/model.bytemill", "--text", "'Hello, world'", "--ids", "--scores")
            .WithExample("inspect", "--model", "out/model.bytemill", "--text", "'Hello, world'", "--top", "5");
        config.AddCommand<ContinueCommand>("continue")
            .WithDescription("Prepare prompts for a language model that goes on with them: the ids to keep, the bytes held back since a longer piece may take them, and the pieces that may come next.")
            .WithExample("continue", "--model", "out/model.bytemill", "--text", "'New Yo'")
            .WithExample("continue", "--model", "out/model.bytemill", "prompts.txt", "--json");
        config.AddCommand<EvalCommand>("eval")
            .WithDescription("Measure vocabularies on a corpus, side by side: bytes per token for each language, pieces never used or used too much, Rényi efficiency, lengths.")
            .WithExample("eval", "--model", "out/model.bytemill", "--input", "'corpus/*.parquet'", "--group-by", "lang")
            .WithExample("eval", "--model", "a.bytemill", "--model", "b.model", "--input", "corpus", "--html", "report.html");
        config.AddCommand<NodeCommand>("node")
            .WithDescription("Run a node of a cluster until it is told to stop (Ctrl-C or SIGTERM).")
            .WithExample("node", "--config", "cluster-config/local.conf", "--port", "4051")
            .WithExample("node", "--config", "cluster-config/local.conf");
        AddJobCommands(config);
    }

    private static void AddJobCommands(IConfigurator config)
    {
        config.AddCommand<SubmitCommand>("submit")
            .WithDescription("Give a job to a cluster and do not wait for it: a job file in YAML or JSON, or the options of 'run'. Writes the job's id.")
            .WithExample("submit", "job.yaml", "--cluster", "http://10.0.0.1:4080")
            .WithExample("submit", "--example")
            .WithExample("submit", "--input", "/shared/corpus", "--output", "/shared/out", "--mode", "train", "--watch");
        config.AddCommand<JobsCommand>("jobs")
            .WithDescription("List the jobs of a cluster: those that run, those that wait in their order, those that ended lately.")
            .WithExample("jobs", "--cluster", "http://10.0.0.1:4080")
            .WithExample("jobs", "--cluster", "10.0.0.1:4051");
        config.AddCommand<ShowCommand>("show")
            .WithDescription("Show one job of a cluster: how far it is, what is done, why it failed.")
            .WithExample("show", "3f2a", "--cluster", "10.0.0.1:4051");
        config.AddCommand<WatchCommand>("watch")
            .WithDescription("Show one job of a cluster to its end, as the command shows it that computes here. Ctrl-C leaves the job as it is.")
            .WithExample("watch", "3f2a");
        config.AddCommand<LogsCommand>("logs")
            .WithDescription("Write what happened to a job, a line for each event.")
            .WithExample("logs", "3f2a", "--follow");
        config.AddCommand<PauseCommand>("pause")
            .WithDescription("Let a job stand still and the next one begin. What is done stays; what is being done is given back.")
            .WithExample("pause", "3f2a", "--cluster", "10.0.0.1:4051");
        config.AddCommand<ResumeCommand>("resume")
            .WithDescription("Put a paused job back in the queue.")
            .WithExample("resume", "3f2a", "--cluster", "10.0.0.1:4051");
        config.AddCommand<PriorityCommand>("priority")
            .WithDescription("Give a job another priority: of those that wait, the highest goes first. A job that runs is not put out; pause it for that.")
            .WithExample("priority", "3f2a", "10", "--cluster", "10.0.0.1:4051");
        config.AddCommand<CancelCommand>("cancel")
            .WithDescription("End a job and remove its work files.")
            .WithExample("cancel", "3f2a", "--cluster", "10.0.0.1:4051");
        config.AddCommand<FetchCommand>("fetch")
            .WithDescription("Copy models and manifest of a completed job to this machine, and show its statistics.")
            .WithExample("fetch", "3f2a", "here/");
        config.AddBranch("context", context =>
        {
            context.SetDescription("Give clusters names, so that commands need no --cluster.");
            context.AddCommand<ContextAddCommand>("add").WithDescription("Give a cluster a name; the first one is used from then on.")
                .WithExample("context", "add", "lab", "http://10.0.0.1:4080", "--token-file", "token");
            context.AddCommand<ContextUseCommand>("use").WithDescription("Choose the cluster that commands ask.").WithExample("context", "use", "lab");
            context.AddCommand<ContextListCommand>("list").WithDescription("List the clusters that have names.").WithExample("context", "list");
            context.AddCommand<ContextRemoveCommand>("remove").WithDescription("Forget a cluster and its token.").WithExample("context", "remove", "lab");
        });
        config.AddCommand<CompletionCommand>("completion")
            .WithDescription("Write what makes a shell complete commands and options: bash, zsh or fish.")
            .WithExample("completion", "bash");
    }

    /// <summary>Gives the argument <c>-</c> a name that the parser does not take for an option without one.</summary>
    public static string[] NameStandardStreams(string[] arguments) =>
        [.. arguments.Select(argument => argument == "-" ? StandardStreams.Name : argument)];

    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
