using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bytemill.Pipeline;
using Spectre.Console;
using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.App;

/// <summary>Jobs of a cluster for a person or a program.</summary>
internal static class JobTable
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    public static void Write(JobsListed list, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { Jobs = list.Jobs.Select(ToJson), list.MaxRunning }, s_json));
            return;
        }

        if (list.Jobs.IsEmpty)
        {
            Console.Out.WriteLine("no jobs");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("job", "status", "does", "priority", "done", "submitted", "output");
        foreach (Pipeline.JobSummary job in list.Jobs)
        {
            table.AddRow(
                Markup.Escape(job.JobId),
                Name(job.Status),
                job.Mode is { } mode ? Name(mode) : "",
                job.Priority.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Done(job.Progress)),
                Time(job.AcceptedAt),
                Markup.Escape(job.OutputDirectory));
        }

        AnsiConsole.Write(table);
    }

    public static void Write(JobReported report, bool asJson)
    {
        Pipeline.JobSummary job = report.Job!;
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Job = ToJson(job),
                    Stages = report.Stages.Select(stage => new { Kind = stage.Kind?.ToString() ?? "Plan", stage.ElapsedMs, stage.Tasks, stage.Units }),
                    report.Poison,
                    Refusal = report.Refusal.Length == 0 ? null : report.Refusal,
                },
                s_json));
            return;
        }

        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                grid.AddRow(name, Markup.Escape(value));
            }
        }

        Add("job", job.JobId);
        Add("status", Name(job.Status));
        Add("does", job.Mode is { } mode ? Name(mode) : "");
        Add("output", job.OutputDirectory);
        Add("priority", job.Priority.ToString(CultureInfo.InvariantCulture));
        Add("submitted", Time(job.AcceptedAt));
        Add("ended", Time(job.EndedAt));
        Add("now", Done(job.Progress));
        Add("", job.Progress?.Notice ?? "");
        Add(job.Status == JobStatus.Completed ? "manifest" : "reason", job.Text);
        foreach (StageTime stage in report.Stages)
        {
            Add("done", Units.Format($"{stage.Kind?.Describe() ?? "planning"}: {stage.Tasks} tasks, {stage.ElapsedMs / 1e3:0.0} s"));
        }

        AnsiConsole.Write(grid);
        foreach (string line in PoisonReport.Lines(report.Poison))
        {
            Console.Out.WriteLine(line);
        }
    }

    private static object ToJson(Pipeline.JobSummary job) => new
    {
        Id = job.JobId,
        job.Status,
        job.Mode,
        Output = job.OutputDirectory,
        job.Priority,
        SubmittedAt = Instant(job.AcceptedAt),
        EndedAt = Instant(job.EndedAt),
        Progress = job.Progress is not { } progress ? null : new
        {
            progress.Phase,
            progress.Detail,
            progress.DoneUnits,
            progress.TotalUnits,
            Unit = progress.UnitsAreBytes ? "bytes" : "tasks",
            progress.DoneTasks,
            progress.TotalTasks,
            progress.Workers,
            progress.ShardHosts,
            Notice = progress.Notice.Length == 0 ? null : progress.Notice,
        },
        Text = job.Text.Length == 0 ? null : job.Text,
    };

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Done(JobProgressed? progress) => progress switch
    {
        null => "",
        { TotalUnits: 0 } => progress.Detail,
        _ => Units.Format($"{progress.Detail}, {100.0 * progress.DoneUnits / progress.TotalUnits:0} %"),
    };

    private static DateTimeOffset? Instant(long milliseconds) => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static string Time(long milliseconds) =>
        Instant(milliseconds) is { } time ? time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
