namespace Bytemill.Corpus;

/// <summary>What checking a group found.</summary>
/// <param name="Faults">What is left out.</param>
/// <param name="Rows">Rows that are taken.</param>
/// <param name="TextBytes">Bytes of their text.</param>
/// <param name="Digest">Of them; null of a damaged group.</param>
public sealed record GroupReading(GroupFaults Faults, long Rows, long TextBytes, TextDigest? Digest);
