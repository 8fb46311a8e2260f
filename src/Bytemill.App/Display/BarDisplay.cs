using Bytemill.Pipeline;
using Spectre.Console;
using Spectre.Console.Rendering;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>A bar for each phase, with speed and time left, on a terminal.</summary>
internal sealed class BarDisplay : IJobDisplay
{
    private readonly IAnsiConsole _console;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<Phase, ProgressTask> _bars = [];
    private readonly Dictionary<int, string> _speeds = [];
    private Task _drawing = Task.CompletedTask;
    private ProgressContext? _context;
    private PhaseProgress? _phase;

    public BarDisplay(IAnsiConsole console) => _console = console;

    public void Start(JobSpec spec)
    {
        _drawing = _console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new SpeedColumn(this),
                new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                lock (_gate)
                {
                    _context = context;
                }

                return _end.Task;
            });
    }

    public void Update(JobProgressed progress)
    {
        lock (_gate)
        {
            if (_context is null || _end.Task.IsCompleted)
            {
                return;
            }

            if (_phase is null || _phase.Phase != progress.Phase)
            {
                FinishBars();
                _phase = new PhaseProgress(progress.Phase, TimeProvider.System);
            }

            if (!_bars.TryGetValue(progress.Phase, out ProgressTask? bar))
            {
                bar = _context.AddTask(Name(progress.Phase));
                _bars.Add(progress.Phase, bar);
            }

            // The rounds of the vocabulary phase are not known beforehand, so only phases told in bytes have a length.
            bar.IsIndeterminate = !progress.UnitsAreBytes;
            bar.MaxValue = Math.Max(1, progress.TotalUnits);
            bar.Value = progress.DoneUnits;
            bar.Description = progress is { Workers: 0, ShardHosts: 0 }
                ? $"{Name(progress.Phase)} [grey]waiting for nodes to join[/]"
                : progress.Notice.Length > 0 ? $"{Name(progress.Phase)} [yellow]{Markup.Escape(progress.Notice)}[/]"
                : $"{Name(progress.Phase)} [grey]{progress.Detail}[/]";
            _speeds[bar.Id] = _phase.BytesPerSecond(progress) is { } speed && _phase.Remaining(progress) is { } remaining
                ? $"{Units.Bytes(speed)}/s, {Units.Duration(remaining)} left"
                : "";
        }
    }

    public void Completed(JobSpec spec, ResultManifest manifest)
    {
        lock (_gate)
        {
            FinishBars();
        }

        End();
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach ((string name, string value) in JobSummary.Rows(spec, manifest))
        {
            grid.AddRow(new Markup($"[bold]{name}[/]"), new Text(value));
        }

        _console.Write(grid);
    }

    public void Failed(string reason)
    {
        End();
        ErrorConsole.WriteError(reason);
    }

    public void Cancelled(string? resume)
    {
        End();
        ErrorConsole.WriteError(JobSummary.CancelledMessage(resume));
    }

    public void Dispose() => End();

    private void FinishBars()
    {
        foreach (ProgressTask bar in _bars.Values.Where(bar => !bar.IsFinished))
        {
            bar.IsIndeterminate = false;
            bar.Value = bar.MaxValue;
            bar.Description = Name(_bars.First(entry => entry.Value == bar).Key);
            bar.StopTask();
            if (_speeds.GetValueOrDefault(bar.Id, "").Length > 0 && _phase is not null)
            {
                _speeds[bar.Id] = $"{Units.Bytes(bar.MaxValue / _phase.Elapsed.TotalSeconds)}/s";
            }
        }
    }

    // The last frame is drawn before anything else is written.
    private void End()
    {
        _end.TrySetResult();
        _drawing.GetAwaiter().GetResult();
    }

    private string SpeedOf(int bar)
    {
        lock (_gate)
        {
            return _speeds.GetValueOrDefault(bar, "");
        }
    }

    private static string Name(Phase phase) => phase.ToString().ToLowerInvariant();

    private sealed class SpeedColumn(BarDisplay display) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(display.SpeedOf(task.Id), new Style(Color.Grey));
    }
}
