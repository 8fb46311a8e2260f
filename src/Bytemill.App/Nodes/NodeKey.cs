using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>One thing that can be set for a node.</summary>
/// <param name="Name">Its name under <c>bytemill</c> in a configuration file, with dots between sections.</param>
/// <param name="IsList">Whether it takes several values: a list in a file, joined by commas in a variable.</param>
/// <param name="Bind">Checks a value and puts it into the options.</param>
internal sealed record NodeKey(string Name, bool IsList, Func<NodeOptions, NodeValue, NodeOptions> Bind)
{
    /// <summary>The environment variable that sets it.</summary>
    public string Variable { get; } = "BYTEMILL_" + Name.Replace('-', '_').Replace('.', '_').ToUpperInvariant();
}
