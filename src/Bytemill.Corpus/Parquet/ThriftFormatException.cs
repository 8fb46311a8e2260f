namespace Bytemill.Corpus;

/// <summary>Bytes that are no well-formed Thrift, or not of the expected shape. Callers turn it into a
/// <see cref="CorpusException"/> that names the place.</summary>
internal sealed class ThriftFormatException(string message) : Exception(message);
