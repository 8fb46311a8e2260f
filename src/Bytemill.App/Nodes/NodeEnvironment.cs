using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>The environment variables of a node: <c>BYTEMILL_PORT</c> for <c>bytemill.port</c>, and so on.</summary>
internal static class NodeEnvironment
{
    /// <param name="node">What goes behind the variables.</param>
    /// <param name="read">Reads a variable. One that is empty counts as not set: that is how containers leave one out.</param>
    /// <exception cref="JobInputException">A variable has a wrong value; names it.</exception>
    public static NodeOptions Apply(NodeOptions node, Func<string, string?> read)
    {
        foreach (NodeKey key in NodeKeys.All)
        {
            if (read(key.Variable) is { Length: > 0 } text)
            {
                string[] items = key.IsList ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [text];
                node = key.Bind(node, new NodeValue([.. items], key.Variable));
            }
        }

        return node;
    }
}
