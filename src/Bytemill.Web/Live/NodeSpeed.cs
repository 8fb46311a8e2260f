namespace Bytemill.Web.Live;

/// <summary>How fast a node reads text for a job.</summary>
/// <param name="Address"><c>host:port</c>.</param>
/// <param name="BytesPerSecond">Text a second.</param>
public readonly record struct NodeSpeed(string Address, double BytesPerSecond);
