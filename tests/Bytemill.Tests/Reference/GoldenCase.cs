namespace Bytemill.Tests;

/// <summary>One folder of <c>tests/data/golden</c>: a corpus and what the reference makes of it.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Documents">The texts of the corpus, as they are stored (not always in NFC).</param>
/// <param name="Options">Training options.</param>
/// <param name="Models">The reference's model file for each vocabulary size, the largest size first.</param>
/// <param name="Encodings">Texts and their ids.</param>
public sealed record GoldenCase(
    string Name,
    IReadOnlyList<string> Documents,
    GoldenOptions Options,
    IReadOnlyList<KeyValuePair<int, byte[]>> Models,
    IReadOnlyList<GoldenEncoding> Encodings)
{
    public override string ToString() => Name;
}
