namespace Bytemill.Corpus;

/// <summary>A row that is to be left out.</summary>
/// <param name="Row">0-based index in its group.</param>
/// <param name="Kind">Why.</param>
/// <param name="Bytes">Bytes of its text; of its line, where that is at fault.</param>
/// <param name="What">What was found, for the end of a message.</param>
public readonly record struct RowFault(long Row, RowFaultKind Kind, long Bytes, string What);
