namespace Bytemill.Corpus;

/// <summary>A row of a tokenized file.</summary>
/// <param name="Ids">Its <c>input_ids</c>; null for a null text.</param>
/// <param name="TokenCount">Its <c>n_tokens</c>.</param>
public readonly record struct TokenizedRow(int[]? Ids, int TokenCount);
