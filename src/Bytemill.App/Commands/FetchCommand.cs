using System.Text.Json;
using Bytemill.Pipeline;
using Bytemill.Web.Api;

namespace Bytemill.App;

/// <summary>Copies models and manifest of a completed job to this machine.</summary>
internal sealed class FetchCommand : OneJobQuestion<FetchSettings>
{
    protected override async Task<int> AskAsync(IClusterClient client, JobDetails job, FetchSettings settings, CancellationToken cancellation)
    {
        if (job.Job.Status != "completed")
        {
            throw new RefusedException($"Job {job.Job.Id} has no results: it is {job.Job.Status}.");
        }

        byte[] bytes = await client.ManifestAsync(job.Job, cancellation).ConfigureAwait(false);
        using var stream = new MemoryStream(bytes);
        var manifest = ResultManifest.Read(stream, $"the manifest of job {job.Job.Id}");

        // A job that only tokenized has none of its own.
        ManifestModel[] models = manifest.Options is null ? [] : [.. manifest.Models.Where(model => settings.Size is null || model.MaxVocabSize == settings.Size || model.VocabSize == settings.Size)];
        if (models.Length == 0 && settings.Size is { } size)
        {
            throw new JobInputException(Units.Format($"The job has no model of size {size}; it has {string.Join(", ", manifest.Models.Select(model => model.MaxVocabSize ?? model.VocabSize))}."));
        }

        Directory.CreateDirectory(settings.Directory);
        foreach (ManifestModel model in models)
        {
            Stream source = await client.ModelAsync(job.Job, Path.GetFileName(model.Path), model.MaxVocabSize ?? model.VocabSize, cancellation).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            {
                await WriteAsync(settings, Path.GetFileName(model.Path), source, cancellation).ConfigureAwait(false);
            }
        }

        using var copy = new MemoryStream(bytes);
        await WriteAsync(settings, ResultManifest.FileName, copy, cancellation).ConfigureAwait(false);
        if (settings.Json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(JobStatistics.Of(manifest), BytemillJson.Indented.JobStatistics)).ConfigureAwait(false);
            return ExitCodes.Done;
        }

        var spec = new JobSpec { Inputs = [], OutputDirectory = settings.Directory };
        foreach ((string name, string value) in JobSummary.Rows(spec, manifest))
        {
            await Console.Out.WriteLineAsync($"{name,-16} {value}").ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    // Complete or not there.
    private static async Task WriteAsync(FetchSettings settings, string name, Stream source, CancellationToken cancellation)
    {
        string path = Path.Combine(settings.Directory, name);
        if (File.Exists(path) && !settings.Overwrite)
        {
            throw new JobInputException($"'{path}' is there already. Choose another directory, or replace it with --overwrite.");
        }

        string temporary = path + ".part";
        FileStream file = File.Create(temporary);
        await using (file.ConfigureAwait(false))
        {
            await source.CopyToAsync(file, cancellation).ConfigureAwait(false);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
