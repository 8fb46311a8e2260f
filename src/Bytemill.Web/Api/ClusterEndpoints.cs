using Bytemill.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using static Bytemill.Pipeline.WatchProtocol;

namespace Bytemill.Web.Api;

/// <summary>The cluster and its members.</summary>
internal static class ClusterEndpoints
{
    public static void MapCluster(this RouteGroupBuilder api)
    {
        RouteGroupBuilder cluster = api.MapGroup("/cluster").WithTags("cluster");
        cluster.MapGet("/", Show).WithName("ShowCluster").WithSummary("The cluster: members, how many jobs, whether the coordinator answers.");
        cluster.MapGet("/nodes", NodesAsync).WithName("ListNodes").WithSummary("The nodes as they say they are: processors, memory, spilled bytes, what they run and own, delays.");
    }

    private static async Task<Ok<NodeList>> NodesAsync(ClusterFeed feed, CancellationToken cancellation)
    {
        NodesListed nodes = await feed.Coordinator.NodesAsync(CoordinatorAccess.Patience, cancellation).ConfigureAwait(false);
        return TypedResults.Ok(new NodeList(JsonText.OrNull(nodes.Coordinator), nodes.Nodes));
    }

    private static Ok<ClusterInfo> Show(ClusterFeed feed) => TypedResults.Ok(ClusterInfo.Of(feed.Current));
}
