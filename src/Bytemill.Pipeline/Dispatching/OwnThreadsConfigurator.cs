using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>Makes <see cref="OwnThreads"/> for a dispatcher whose configuration names this type as its <c>executor</c>; <c>own-threads</c> says how many.</summary>
/// <param name="config">The dispatcher's configuration.</param>
/// <param name="prerequisites">What Akka.NET gives to dispatchers.</param>
internal sealed class OwnThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new OwnThreads(
        id,
        Config.GetInt("own-threads", 2),
        fault => Prerequisites.EventStream.Publish(new Error(fault, id, typeof(OwnThreads), fault.Message)));
}
