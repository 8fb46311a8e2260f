using System.Collections.Immutable;
using System.Text;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Tokenization;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Measures vocabularies on a corpus, side by side.</summary>
internal sealed class EvalCommand : AsyncCommand<EvalSettings>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    public override async Task<int> ExecuteAsync(CommandContext context, EvalSettings settings, CancellationToken cancellationToken)
    {
        Check(settings);
        ImmutableArray<string> files = InputResolver.Resolve([.. settings.Inputs, .. settings.MoreInputs]);
        ImmutableArray<Tokenizer> tokenizers = [.. settings.Models.Select(ModelLoader.Load)];
        SourceOptions options = RowOption.Read(settings.TextColumn, settings.Where, settings.Sample, settings.Limit);
        var evaluator = new CorpusEvaluator(tokenizers, files, options, settings.GroupBy, settings.Limit);
        using var interruption = new Interruption();
        int threads = settings.Workers ?? Environment.ProcessorCount;
        var results = await RunAsync(evaluator, threads, interruption.Token).ConfigureAwait(false);
        EvaluationReport report = new(
            files.Length,
            settings.GroupBy,
            [.. results.Select((result, i) => new ModelEvaluation(
                NameOf(settings.Models, i), settings.Models[i], tokenizers[i].Model, new VocabularyUsage(result.Statistics), [.. result.Groups]))],
            settings.Top);
        WriteFile(settings.Html, settings.Overwrite, stream => WritePage(report, stream));
        WriteFile(settings.Counts, settings.Overwrite, stream => EvaluationCounts.Write(report, stream));

        if (settings.Json)
        {
            await using Stream output = Console.OpenStandardOutput();
            EvaluationJson.Write(report, output);
        }
        else
        {
            EvaluationTable.Write(report, AnsiConsole.Console);
        }

        return ExitCodes.Done;
    }

    private static void WriteFile(string? path, bool overwrite, Action<Stream> write)
    {
        if (path is not null)
        {
            ModelOutput.WriteAtomically(path, write, overwrite);
        }
    }

    private static void WritePage(EvaluationReport report, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        EvaluationHtml.Write(report, writer);
    }

    private static void Check(EvalSettings settings)
    {
        if (settings.Models.Length == 0)
        {
            throw new JobInputException("No model. Say which with --model out/model.bytemill; several times to compare them.");
        }

        if (settings.Inputs.Length + settings.MoreInputs.Length == 0)
        {
            throw new JobInputException("No input. Say which files to read with --input 'DIR/*.parquet'.");
        }

        if (settings.Workers is < 1)
        {
            throw new JobInputException($"--workers must be at least 1; found {settings.Workers}.");
        }

        if (settings.Top < 0)
        {
            throw new JobInputException($"--top must be 0 or more; found {settings.Top}.");
        }

        foreach ((string option, string? path) in ((string, string?)[])[("--html", settings.Html), ("--counts", settings.Counts)])
        {
            CheckOutput(option, path, settings.Overwrite);
        }
    }

    // Before the corpus is read: not after minutes of work.
    private static void CheckOutput(string option, string? path, bool overwrite)
    {
        if (path is null)
        {
            return;
        }

        if (File.Exists(path) && !overwrite)
        {
            throw new JobInputException($"'{path}' exists; give another name for {option}, or --overwrite.");
        }

        string? directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path) || !Directory.Exists(directory))
        {
            throw new JobInputException($"{option} '{path}': {(Directory.Exists(path) ? "is a directory; name a file in it" : $"there is no directory '{directory}'; make it first")}.");
        }
    }

    private static string NameOf(string[] paths, int index)
    {
        string name = Path.GetFileName(paths[index]);
        return paths.Count(path => Path.GetFileName(path) == name) > 1 ? paths[index] : name;
    }

    // The bar goes to standard error, so that the report itself can be piped.
    private static async Task<(TokenStatistics Statistics, SortedDictionary<string, TokenTotals> Groups)[]> RunAsync(
        CorpusEvaluator evaluator, int threads, CancellationToken cancellationToken)
    {
        var run = Task.Run(() => evaluator.Run(threads, cancellationToken), CancellationToken.None);
        IAnsiConsole errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!Console.IsErrorRedirected && errors.Profile.Capabilities.Interactive)
        {
            await errors.Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async bars =>
                {
                    ProgressTask bar = bars.AddTask("evaluate", maxValue: Math.Max(1, evaluator.TotalBytes));
                    while (!run.IsCompleted)
                    {
                        bar.Value = evaluator.DoneBytes;
                        await Task.WhenAny(run, Task.Delay(s_interval, CancellationToken.None)).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
        }

        return await run.ConfigureAwait(false);
    }
}
