namespace Bytemill.Pipeline;

/// <summary>One file that tokenizing makes, by one task.</summary>
/// <param name="Input">Index of the input file; -1 where it is of several.</param>
/// <param name="Epoch">Which of the random segmentations it holds, from 0; null for the best one.</param>
/// <param name="Name">Where it goes, relative to the output directory.</param>
public readonly record struct TokenizedFile(int Input, int? Epoch, string Name);
