namespace Bytemill.Pipeline;

/// <summary>Looks at one chunk of normalised text; the span lasts for the call.</summary>
internal delegate void ChunkAction(ReadOnlySpan<byte> chunk);
