using Bytemill.Pipeline;
using Spectre.Console;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Says what a job would take, from a sample of its corpus.</summary>
internal sealed class PlanCommand : AsyncCommand<PlanSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, PlanSettings settings, CancellationToken cancellationToken)
    {
        PlanRequest request = settings.ToRequest();
        using var interruption = new Interruption();
        PlanReport report = await MeasureAsync(request, interruption.Token).ConfigureAwait(false);
        if (settings.Json)
        {
            Console.Out.WriteLine(PlanDisplay.ToJson(report));
        }
        else
        {
            PlanDisplay.Write(report, AnsiConsole.Console);
        }

        return ExitCodes.Done;
    }

    // The spinner goes to standard error, so that the plan itself can be piped.
    private static Task<PlanReport> MeasureAsync(PlanRequest request, CancellationToken ct)
    {
        IAnsiConsole errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || !errors.Profile.Capabilities.Interactive)
        {
            return Task.Run(() => CorpusPlanner.Plan(request, new DirectProgress(_ => { }), ct), ct);
        }

        return errors.Status().StartAsync(
            "planning",
            status => Task.Run(() => CorpusPlanner.Plan(request, new DirectProgress(what => status.Status(what.EscapeMarkup())), ct), ct));
    }

    /// <summary>Reports at once, on the thread that works.</summary>
    private sealed class DirectProgress(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
