using System.IO.Compression;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Models for tests: small ones made here, and those of the golden data.</summary>
internal static class TestModels
{
    private static readonly (string Piece, long Count)[] s_pieces =
    [
        ("th", 40), ("the", 30), (" the", 50), ("ing", 20), ("in", 20), (" in", 15), ("aa", 4), ("aaa", 4), ("ab", 5), ("bc", 5),
        ("é", 9), ("né", 3), ("ée", 3), ("中", 8), ("文", 8), ("中文", 8), ("\n", 30), ("\n\n", 9), (".\n", 9), ("<b", 2), ("os>", 2),
        ("12", 7), ("123", 7), ("٣٤", 3), ("😀", 5), ("😀😀", 5), ("한국", 6), ("가", 6), ("<|end|>", 2),
    ];

    public static Vocabulary SmallVocabulary { get; } = Vocabulary.Create(
        Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L + (b % 7)))
            .Concat(s_pieces.Where(p => p.Piece.Length > 1 || p.Piece[0] > 127).Select(p => KeyValuePair.Create(Encoding.UTF8.GetBytes(p.Piece), p.Count))));

    public static TokenizerModel Small(bool isolateDigits = false, TextNormalization normalization = TextNormalization.Nfc, params string[] special) =>
        new(SmallVocabulary, new ModelOptions { IsolateDigits = isolateDigits, Normalization = normalization }, special);

    /// <summary>A golden model as stream; the test is skipped where the data is absent.</summary>
    public static Stream OpenGolden(string name)
    {
        string path = SharedFile(name);
        if (!name.EndsWith(".zip", StringComparison.Ordinal))
        {
            return File.OpenRead(path);
        }

        using ZipArchive zip = ZipFile.OpenRead(path);
        var memory = new MemoryStream();
        using (Stream entry = zip.Entries[0].Open())
        {
            entry.CopyTo(memory);
        }

        memory.Position = 0;
        return memory;
    }

    public static string SharedFile(string name)
    {
        string? path = SharedData.Find(name);
        if (path is null)
        {
            Assert.Skip($"Golden data '{name}' is not here.");
        }

        return path!;
    }
}
