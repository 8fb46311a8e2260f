using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Models for tests of file formats.</summary>
internal static class FormatModels
{
    private static readonly (string Piece, long Count)[] s_pieces =
    [
        ("th", 40), ("the", 30), (" the", 50), (" in", 15), ("aa", 4), ("aaa", 4), ("é", 9), ("née", 3), ("中", 8), ("中文", 8), ("\n\n", 9),
        (".\n", 9), ("a\"b\\", 3), ("\t\t", 4), ("▁a", 3), ("😀😀", 5), ("<eos", 2), ("<|end|", 2),
    ];

    /// <summary>Small, of valid UTF-8 alone, with all that formats escape.</summary>
    public static Vocabulary Vocabulary { get; } = Vocabulary.Create(
        Enumerable.Range(0, 256).Select(b => KeyValuePair.Create(new[] { (byte)b }, 1L + (b % 7)))
            .Concat(s_pieces.Select(p => KeyValuePair.Create(Encoding.UTF8.GetBytes(p.Piece), p.Count))));

    public static TokenizerModel Plain { get; } = new(Vocabulary, new ModelOptions { Order = 0, MinCount = 0, MaxPieceLength = 0, MaxVocabSize = 0 });

    public static TokenizerModel Full { get; } =
        new(Vocabulary, new ModelOptions { IsolateDigits = true, Normalization = TextNormalization.None, MinCount = 5 }, ["<|end|>", "<é \"\\>"]);

    public static byte[] Write(TokenizerModel model, ModelFormat format)
    {
        using var stream = new MemoryStream();
        ModelFormats.Write(model, format, stream);
        return stream.ToArray();
    }

    public static TokenizerModel Golden(GoldenCase golden, byte[] file) => new(
        BytePieceFormat.Read(new MemoryStream(file)).Vocabulary,
        new ModelOptions { IsolateDigits = golden.Options.IsolateDigits, EnsureUnicode = golden.Options.EnsureUnicode },
        ["<|sep|>", "<é>"]);
}
