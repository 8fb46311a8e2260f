namespace Bytemill.Pipeline;

/// <summary>Marks a message that may cross a process border; bound to <see cref="PipelineSerializer"/>.</summary>
public interface IWireMessage;
