namespace Bytemill.Corpus;

/// <summary>Which columns of Parquet are copied beside the text, and how: what decides which damage is found.</summary>
/// <param name="Names">Their names; null for all but the text.</param>
/// <param name="AreDecoded">Whether their values are decoded, and not only where rows are taken out of them.</param>
public sealed record CopiedColumns(IReadOnlyList<string>? Names, bool AreDecoded)
{
    /// <summary>No columns.</summary>
    public static CopiedColumns None { get; } = new([], AreDecoded: false);
}
