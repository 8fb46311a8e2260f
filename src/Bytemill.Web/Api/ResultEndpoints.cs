using Bytemill.Corpus;
using Bytemill.Pipeline;
using Bytemill.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Bytemill.Web.Api;

/// <summary>What completed jobs have made.</summary>
internal static class ResultEndpoints
{
    public static void MapResults(this RouteGroupBuilder api)
    {
        RouteGroupBuilder results = api.MapGroup("/jobs/{id}").WithTags("results");
        results.MapGet("/statistics", StatisticsAsync).WithName("ShowStatistics").WithSummary("Totals of a completed job.").ProducesNotYet();
        results.MapGet("/manifest", ManifestAsync).WithName("FetchManifest").WithSummary("The whole manifest of a completed job, manifest.json.")
            .Produces(StatusCodes.Status200OK, contentType: "application/json").ProducesNotYet();
        results.MapGet("/model", ModelAsync).WithName("FetchModel").WithSummary("The model of a completed job; with 'size' that of one vocabulary size.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesNotYet();
    }

    private static void ProducesNotYet(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Ok<JobStatistics>> StatisticsAsync(string id, ClusterFeed feed, NodeOptions node, CancellationToken cancellation) =>
        TypedResults.Ok(JobStatistics.Of(ReadManifest(await DirectoryOfAsync(id, feed, node, cancellation).ConfigureAwait(false))));

    private static async Task<FileStreamHttpResult> ManifestAsync(string id, ClusterFeed feed, NodeOptions node, CancellationToken cancellation)
    {
        string directory = await DirectoryOfAsync(id, feed, node, cancellation).ConfigureAwait(false);
        ReadManifest(directory);
        return TypedResults.Stream(Stores.OpenRead(ResultManifest.PathIn(directory)), "application/json");
    }

    private static async Task<FileStreamHttpResult> ModelAsync(string id, ClusterFeed feed, NodeOptions node, int? size, CancellationToken cancellation)
    {
        string directory = await DirectoryOfAsync(id, feed, node, cancellation).ConfigureAwait(false);
        ResultManifest manifest = ReadManifest(directory);
        if (manifest.Options is null)
        {
            throw new ProblemException("The job only tokenized, with a model that it did not make.", StatusCodes.Status404NotFound);
        }

        ManifestModel model = manifest.Models.FirstOrDefault(model => size is null || model.MaxVocabSize == size || model.VocabSize == size)
            ?? throw new ProblemException(
                $"The job has no model of size {size}; it has {string.Join(", ", manifest.Models.Select(model => model.MaxVocabSize ?? model.VocabSize))}.", StatusCodes.Status404NotFound);
        string path = StorePath.Combine(directory, model.Path);
        if (!DataRoots.Allow(path, node.DataRoots))
        {
            // Whoever may write the manifest may not read everything through it.
            throw new ProblemException("The model lies outside of the directories that this node shows (data-roots).", StatusCodes.Status403Forbidden);
        }

        return Stores.HasFile(path)
            ? TypedResults.Stream(
                Stores.OpenRead(path), "application/octet-stream", Path.GetFileName(path), entityTag: new EntityTagHeaderValue($"\"{model.Sha256}\""), enableRangeProcessing: true)
            : throw new ProblemException($"The model is not at '{path}' any more, or this node does not see it.", StatusCodes.Status404NotFound);
    }

    // Where the results are; they must be complete, and within what this node shows.
    private static async Task<string> DirectoryOfAsync(string id, ClusterFeed feed, NodeOptions node, CancellationToken cancellation)
    {
        JobSummary job = (await feed.FindAsync(id, cancellation).ConfigureAwait(false)).Job!;
        if (job.Status != JobStatus.Completed)
        {
            throw new ProblemException($"The job has no results: it is {JsonText.NameOf(job.Status)}.", StatusCodes.Status409Conflict);
        }

        return DataRoots.Allow(job.OutputDirectory, node.DataRoots)
            ? job.OutputDirectory
            : throw new ProblemException("The results lie outside of the directories that this node shows (data-roots).", StatusCodes.Status403Forbidden);
    }

    private static ResultManifest ReadManifest(string directory)
    {
        try
        {
            return ResultManifest.Read(directory);
        }
        catch (Exception e) when (e is JobInputException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The results cannot be read on this node: {e.Message}", StatusCodes.Status404NotFound);
        }
    }
}
