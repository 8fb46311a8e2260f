namespace Bytemill.Tests;

/// <summary>A text and its ids by the reference.</summary>
/// <param name="Size">Vocabulary size of the model used.</param>
/// <param name="Text">Not always in NFC.</param>
/// <param name="Ids">What the reference's <c>encode</c> gives. It forgets <c>isolate_digits</c>, so these are the ids of chunks cut without it.</param>
/// <param name="IsolatedIds">The ids of chunks cut with <c>isolate_digits</c>; null in cases that train without it.</param>
public sealed record GoldenEncoding(int Size, string Text, IReadOnlyList<int> Ids, IReadOnlyList<int>? IsolatedIds);
