namespace Bytemill.Tests;

/// <summary>Training options of a golden case, under the reference's names in the file.</summary>
public sealed record GoldenOptions(
    int Order, IReadOnlyList<int> MaxVocabSize, int MaxPieceLength, long MinCount, bool IsolateDigits, bool EnsureUnicode);
