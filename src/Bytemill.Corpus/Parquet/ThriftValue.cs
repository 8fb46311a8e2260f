namespace Bytemill.Corpus;

/// <summary>One value. <see cref="Number"/> holds integers, booleans (1, 0) and the bits of doubles;
/// <see cref="Object"/> a <c>byte[]</c>, <see cref="ThriftList"/> or <see cref="ThriftStruct"/>.</summary>
internal readonly record struct ThriftValue(ThriftType Type, long Number, object? Object);
