namespace Bytemill.Chaos;

/// <summary>A line that a node has logged.</summary>
internal sealed record NodeLine(ChaosNode Node, string Text);
