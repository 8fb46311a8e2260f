namespace Bytemill.Corpus;

/// <summary>A file that an input expression names.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Weight">How often its text counts in training, at least 1.</param>
public readonly record struct InputFile(string Path, int Weight);
