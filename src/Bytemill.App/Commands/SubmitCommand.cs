using System.ComponentModel;
using System.Text.Json;
using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of <c>submit</c>: those of <c>run</c>, or a file with the same.</summary>
internal sealed class SubmitSettings : RunSettings
{
    private static readonly string[] s_besideFile =
    [
        "--cluster", "--context", "--token-file", "--hostname", "--id", "--priority", "--watch", "--json", "--config", "--tls-certificate", "--tls-key", "--tls-ca", "--insecure",
    ];

    [CommandOption("--example")]
    [Description("Write a job file with all fields, their defaults and what they mean, and submit nothing.")]
    public bool Example { get; init; }

    [CommandOption("--schema")]
    [Description("Write the JSON schema of job files, for editors, and submit nothing.")]
    public bool Schema { get; init; }

    [CommandOption("--id <ID>")]
    [Description("Id of the job, of your choice: submitting the same job again under the same id starts no other.")]
    public string? Id { get; init; }

    [CommandOption("--mode <MODE>")]
    [Description("run: train, then tokenize. train: only that. tokenize: with --model.")]
    [DefaultValue("run")]
    public string Mode { get; init; } = "run";

    [CommandOption("-m|--model <FILE>")]
    [Description("With --mode tokenize: the model.bytemill of a training run.")]
    public string? Model { get; init; }

    [CommandOption("--watch")]
    [Description("Show the job to its end, as 'bytemill watch' does.")]
    public bool Watch { get; init; }

    [CommandOption("--context <NAME>")]
    [Description("The cluster of that name; see 'bytemill context'. Default: the one chosen by 'bytemill context use'.")]
    public string? Context { get; init; }

    [CommandOption("--token-file <FILE>")]
    [Description(ClusterTarget.TokenHelp)]
    public string? TokenFile { get; init; }

    [CommandOption("--json")]
    [Description("Write the answer as JSON.")]
    public bool Json { get; init; }

    protected override bool IsForCluster => true;

    /// <summary>The cluster that gets the job.</summary>
    public ClusterTarget ToTarget() => ClusterTarget.Choose(Cluster, Context, TokenFile, Hostname, ReadNode(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable);

    /// <summary>The job file, when one is given.</summary>
    public string? JobFile => Inputs.Length == 0 && MoreInputs is [var file] && Path.GetExtension(file) is ".yaml" or ".yml" or ".json" ? MoreInputs[0] : null;

    /// <summary>The job that is asked for.</summary>
    /// <param name="arguments">The command line: with a job file, options of the job would say the same twice.</param>
    /// <exception cref="JobInputException">The file, or an option, cannot be read.</exception>
    /// <exception cref="RequestFaultException">A field is wrong.</exception>
    public JobRequest ToRequest(IEnumerable<string> arguments)
    {
        if (JobFile is not { } file)
        {
            if (Workers is not null || Memory is not null || Verbose)
            {
                throw new JobInputException("--workers, --memory and --verbose are for jobs of this machine; in a cluster its nodes have them.");
            }

            JobMode mode = Mode switch
            {
                "run" => JobMode.Run,
                "train" => JobMode.Train,
                "tokenize" => JobMode.Tokenize,
                _ => throw new JobInputException($"--mode is run, train or tokenize; found '{Mode}'."),
            };
            return JobRequests.FromSpec(ToSpec() with { Mode = mode, ModelPath = Model is null ? null : StorePath.Full(Model) }, Id ?? NewId(), Priority);
        }

        if (arguments.Select(argument => argument.Split('=')[0]).FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) && !s_besideFile.Contains(argument)) is { } other)
        {
            throw new JobInputException($"{other} is for jobs without a job file; write it into '{file}'.");
        }

        JobRequest request = JobFiles.Read(file);

        // Absolute, since another process reads it.
        JobSpec spec = JobRequests.ToSpec(request, Path.GetDirectoryName(Path.GetFullPath(file)));
        return JobRequests.FromSpec(spec, Id ?? request.Id ?? NewId(), arguments.Any(argument => argument.StartsWith("--priority", StringComparison.Ordinal)) ? Priority : request.Priority);
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}

/// <summary>Gives a job to a cluster and does not wait for its end.</summary>
internal sealed class SubmitCommand : AsyncCommand<SubmitSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, SubmitSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Example || settings.Schema)
        {
            await Console.Out.WriteAsync(settings.Example ? JobFiles.Example() : JobSchema.Text).ConfigureAwait(false);
            return ExitCodes.Done;
        }

        using var interruption = new Interruption();
        return await ClusterAnswers.ShowAsync(async () =>
        {
            JobRequest request = settings.ToRequest(context.Arguments);
            IClusterClient client = await settings.ToTarget().ConnectAsync(interruption.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                JobDetails job = await client.SubmitAsync(request, interruption.Token).ConfigureAwait(false);
                if (settings.Watch)
                {
                    return await WatchCommand.FollowAsync(client, job, settings.Json, interruption.Token).ConfigureAwait(false);
                }

                // The id alone, so that scripts can take it as it is.
                await Console.Out.WriteLineAsync(settings.Json ? JsonSerializer.Serialize(job, BytemillJson.Indented.JobDetails) : job.Job.Id).ConfigureAwait(false);
                return ExitCodes.Done;
            }
        }).ConfigureAwait(false);
    }
}
