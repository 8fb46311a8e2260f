using System.Globalization;
using System.Text.Json;
using Bytemill.Web.Api;
using Spectre.Console;

namespace Bytemill.App;

/// <summary>Jobs of a cluster for a person or a program.</summary>
internal static class JobTable
{
    public static void Write(JobList list, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(list, BytemillJson.Indented.JobList));
            return;
        }

        if (list.Jobs.IsEmpty)
        {
            Console.Out.WriteLine("no jobs");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("job", "status", "does", "priority", "done", "submitted", "output");
        foreach (JobInfo job in list.Jobs)
        {
            table.AddRow(
                Markup.Escape(job.Id),
                job.Status,
                job.Mode ?? "",
                job.Priority.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(Done(job.Progress)),
                Time(job.SubmittedAt),
                Markup.Escape(job.Output));
        }

        AnsiConsole.Write(table);
    }

    public static void Write(JobDetails details, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(details, BytemillJson.Indented.JobDetails));
            return;
        }

        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                grid.AddRow(name, Markup.Escape(value));
            }
        }

        JobInfo job = details.Job;
        Add("job", job.Id);
        Add("status", job.Status);
        Add("does", job.Mode);
        Add("output", job.Output);
        Add("priority", job.Priority.ToString(CultureInfo.InvariantCulture));
        Add("submitted", Time(job.SubmittedAt));
        Add("ended", Time(job.EndedAt));
        Add("now", Done(job.Progress));
        Add("", job.Progress?.Notice);
        Add(job.Status == "completed" ? "manifest" : "reason", job.Text);
        foreach (StageInfo stage in details.Stages)
        {
            Add("done", Units.Format($"{stage.Describes}: {stage.Tasks} tasks, {stage.ElapsedMs / 1e3:0.0} s"));
        }

        AnsiConsole.Write(grid);
        foreach (string line in PoisonReport.Lines(details.Poison))
        {
            Console.Out.WriteLine(line);
        }
    }

    private static string Done(JobProgressInfo? progress) => progress switch
    {
        null => "",
        { TotalUnits: 0 } => progress.Detail,
        _ => Units.Format($"{progress.Detail}, {100.0 * progress.DoneUnits / progress.TotalUnits:0} %"),
    };

    private static string Time(DateTimeOffset? time) => time is { } known ? known.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";
}
