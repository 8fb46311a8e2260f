using static Bytemill.Pipeline.JobProtocol;

namespace Bytemill.Pipeline;

/// <summary>What is told of jobs, between its records and its wire form.</summary>
internal static class WireStatus
{
    public static Wire.JobProgressed ToWire(JobProgressed progress) => new()
    {
        JobId = progress.JobId,
        Phase = (int)progress.Phase,
        Detail = progress.Detail,
        DoneUnits = progress.DoneUnits,
        TotalUnits = progress.TotalUnits,
        UnitsAreBytes = progress.UnitsAreBytes,
        DoneTasks = progress.DoneTasks,
        TotalTasks = progress.TotalTasks,
        Workers = progress.Workers,
        ShardHosts = progress.ShardHosts,
        Notice = progress.Notice,
    };

    public static JobProgressed FromWire(Wire.JobProgressed wire) => new(
        wire.JobId,
        (Phase)wire.Phase,
        wire.Detail,
        wire.DoneUnits,
        wire.TotalUnits,
        wire.UnitsAreBytes,
        wire.DoneTasks,
        wire.TotalTasks,
        wire.Workers,
        wire.ShardHosts,
        wire.Notice);

    public static Wire.JobFailed ToWire(JobFailed failed)
    {
        var wire = new Wire.JobFailed { JobId = failed.JobId, Reason = failed.Reason, InputError = failed.IsInputError };
        if (failed.Poison is { } poison)
        {
            wire.Poison = ToWire(poison);
        }

        return wire;
    }

    public static JobFailed FromWire(Wire.JobFailed wire) =>
        new(wire.JobId, wire.Reason, wire.InputError, wire.Poison is { } poison ? FromWire(poison) : null);

    public static Wire.PoisonTask ToWire(PoisonTask poison) => new()
    {
        Stage = poison.Stage,
        Kind = (int)poison.Kind,
        Index = poison.Index,
        Attempts = { poison.Attempts.Select(attempt => new Wire.FailedAttempt { Attempt = attempt.Attempt, Owner = attempt.Owner, Reason = attempt.Reason }) },
    };

    public static PoisonTask FromWire(Wire.PoisonTask wire) => new(
        wire.Stage,
        (StageKind)wire.Kind,
        wire.Index,
        [.. wire.Attempts.Select(attempt => new FailedAttempt(attempt.Attempt, attempt.Owner, attempt.Reason))]);

    public static Wire.JobReported ToWire(JobReported report)
    {
        var wire = new Wire.JobReported { JobId = report.JobId, Stages = { report.Stages.Select(WireStages.ToWire) }, Refusal = report.Refusal };
        if (report.Job is { } job)
        {
            wire.Job = ToWire(job);
        }

        if (report.Poison is { } poison)
        {
            wire.Poison = ToWire(poison);
        }

        return wire;
    }

    public static JobReported FromWire(Wire.JobReported wire) => new(
        wire.JobId,
        wire.Job is { } job ? FromWire(job) : null,
        [.. wire.Stages.Select(WireStages.FromWire)],
        wire.Poison is { } poison ? FromWire(poison) : null,
        wire.Refusal);

    public static Wire.JobsListed ToWire(JobsListed list) => new() { Jobs = { list.Jobs.Select(ToWire) }, MaxRunning = list.MaxRunning };

    public static JobsListed FromWire(Wire.JobsListed wire) => new([.. wire.Jobs.Select(FromWire)], wire.MaxRunning);

    private static Wire.JobSummary ToWire(JobSummary job)
    {
        var wire = new Wire.JobSummary
        {
            JobId = job.JobId,
            Status = (int)job.Status,
            OutputDirectory = job.OutputDirectory,
            Priority = job.Priority,
            AcceptedAt = job.AcceptedAt,
            EndedAt = job.EndedAt,
            Text = job.Text,
        };
        if (job.Mode is { } mode)
        {
            wire.Mode = (int)mode;
        }

        if (job.Progress is { } progress)
        {
            wire.Progress = ToWire(progress);
        }

        return wire;
    }

    private static JobSummary FromWire(Wire.JobSummary wire) => new(
        wire.JobId,
        (JobStatus)wire.Status,
        wire.HasMode ? (JobMode)wire.Mode : null,
        wire.OutputDirectory,
        wire.Priority,
        wire.AcceptedAt,
        wire.EndedAt,
        wire.Progress is { } progress ? FromWire(progress) : null,
        wire.Text);
}
