using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console.Cli;

namespace Bytemill.Chaos;

/// <summary>Runs rounds, says how each went, and ends with a table.</summary>
internal sealed class ChaosCommand : AsyncCommand<ChaosSettings>
{
    private const int Good = 0;
    private const int Failed = 1;
    private const int Interrupted = 130;
    private const int SampleFiles = 6;

    public override async Task<int> ExecuteAsync(CommandContext context, ChaosSettings settings, CancellationToken cancellationToken)
    {
        string directory = Path.GetFullPath(settings.Directory ?? Directory.CreateTempSubdirectory("bytemill-chaos-").FullName);
        ImmutableArray<FaultKind> faults = ReadFaults(settings.Faults);
        Announce(faults, directory);
        if (settings.List)
        {
            Directory.Delete(directory, recursive: true);
            return Good;
        }

        var options = new ChaosOptions
        {
            Program = Existing(settings.Program, "--program"),
            Corpus = CorpusOf(settings),
            Directory = directory,
            Seed = settings.Seed,
            Faults = faults,
            Events = settings.At is { } events ? [.. events.Split(',', StringSplitOptions.TrimEntries)] : [],
        };
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        var reports = new List<RoundReport>();
        try
        {
            if (settings.Round is not null || settings.From <= settings.Rounds)
            {
                await RunAsync(options, settings, reports, interruption.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            Say($"interrupted; outputs and logs are in {directory}");
            return Interrupted;
        }

        return Conclude(reports, settings, directory);

        void OnSignal(PosixSignalContext signal)
        {
            // No node may outlive this process.
            signal.Cancel = true;
            interruption.Cancel();
        }
    }

    private static async Task RunAsync(ChaosOptions options, ChaosSettings settings, List<RoundReport> reports, CancellationToken cancellation)
    {
        ChaosRun run = await ChaosRun.StartAsync(options, cancellation).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            Say($"each round: a job of {run.Profile.Tasks} tasks on {options.Nodes} nodes; files in {options.Directory}");
            int last = settings.Round ?? settings.Rounds;
            for (int round = settings.Round ?? settings.From; round <= last; round++)
            {
                RoundReport report = await run.RunAsync(round, cancellation).ConfigureAwait(false);
                reports.Add(report);
                Tell(report, settings);
            }
        }
    }

    private static ImmutableArray<FaultKind> ReadFaults(string? names) =>
        names is null
            ? FaultKinds.All
            : [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name => FaultKinds.Parse(name) ?? throw new ChaosException(
                $"Unknown fault '{name}'; the faults are {string.Join(", ", FaultKinds.All.Select(fault => fault.Name()))}."))];

    // A part of the sample: rounds are many, and every stage has several tasks all the same.
    private static ImmutableArray<string> CorpusOf(ChaosSettings settings) =>
        settings.Corpus is { } given
            ? [Existing(given, "--corpus")]
            : [.. Directory.GetFiles(Existing(Path.Combine("samples", "corpus"), "--corpus"), "*.parquet").Order(StringComparer.Ordinal).Take(SampleFiles)];

    private static string Existing(string path, string option)
    {
        string full = Path.GetFullPath(path);
        return Path.Exists(full) ? full : throw new ChaosException($"'{path}' is not there; see {option}.");
    }

    private static void Announce(ImmutableArray<FaultKind> faults, string directory)
    {
        foreach (FaultKind fault in faults)
        {
            string? obstacle = ChaosRun.FindObstacle(fault, directory);
            Say($"fault {fault.Name()}{(obstacle is null ? "" : $": left out, {obstacle}")}");
        }
    }

    private static void Tell(RoundReport report, ChaosSettings settings)
    {
        Say(report.ToString());
        foreach (string fault in report.Faults)
        {
            Say("    " + fault);
        }

        if (!report.IsGood)
        {
            string faults = (settings.Faults is { } names ? " --faults " + names : "") + (settings.At is { } events ? " --at " + events : "");
            Say(string.Create(CultureInfo.InvariantCulture, $"    again: scripts/chaos.sh --seed {report.Seed} --round {report.Round}{faults}"));
        }

        if (settings.Results is { } file)
        {
            RoundResults.Add(file, report);
        }
    }

    private static int Conclude(List<RoundReport> reports, ChaosSettings settings, string directory)
    {
        Say("");
        Say(RoundTable.Write(reports));
        if (settings.Page is { } page)
        {
            RoundPage.Write(page, settings.Results is { } file ? RoundResults.Read(file) : reports);
        }

        if (reports.Any(report => !report.IsGood))
        {
            Say($"{reports.Count(report => !report.IsGood)} of {reports.Count} rounds failed; outputs and logs are in {directory}");
            return Failed;
        }

        Directory.Delete(directory, recursive: true);
        return Good;
    }

    private static void Say(string line) => Console.Out.WriteLine(line);
}
