namespace Bytemill.App;

/// <summary>A cluster that has a name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cluster"><c>http://host:port</c>, or <c>host:port</c> of a node.</param>
internal sealed record ClusterContext(string Name, string Cluster);
