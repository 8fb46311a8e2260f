using System.Collections.Immutable;
using Bytemill.Pipeline;
using Bytemill.Web.Api;
using Bytemill.Web.Live;
using Bytemill.Web.Models;
using Microsoft.Extensions.Hosting;

namespace Bytemill.Web.Hosting;

/// <summary>Tells the shelf of models of the jobs that have ended; apart from the feed, since it reads files.</summary>
internal sealed class ShelfKeeper(ClusterFeed feed, ModelShelf shelf, NodeOptions node) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ImmutableArray<JobSummary> known = [];
        long seen = 0;
        try
        {
            while (true)
            {
                await feed.NextAsync(seen, stoppingToken).ConfigureAwait(false);
                ClusterView view = feed.Current;
                seen = view.Sequence;
                ImmutableArray<JobSummary> completed = [.. view.Jobs.Where(job => job.Status == JobStatus.Completed)];
                if (!completed.SequenceEqual(known))
                {
                    shelf.Update(view.Jobs.Where(job => DataRoots.Allow(job.OutputDirectory, node.DataRoots)), path => DataRoots.Allow(path, node.DataRoots));
                    known = completed;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }
}
