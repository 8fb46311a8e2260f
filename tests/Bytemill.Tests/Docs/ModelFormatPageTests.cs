using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Puts the example of <c>docs/model-format.md</c> together, so that the page cannot say what is not so.</summary>
public class ModelFormatPageTests
{
    [Fact]
    public void Example_PutTogether_IsTheModelItDescribes()
    {
        TokenizerModel model = ModelFile.Read(new MemoryStream(ExampleFile()));

        Assert.Equal(new ModelOptions(), model.Options);
        Assert.Equal(3 + 257, model.Vocabulary.Count);
        Assert.Equal("ab"u8.ToArray(), model.Vocabulary.GetPiece(259).ToArray());
        Assert.Equal(7, model.Vocabulary.GetCount(259));
        Assert.Equal([0x61], model.Vocabulary.GetPiece(3 + 0x61).ToArray());
        Assert.Equal(1, model.Vocabulary.GetCount(3 + 0x61));
        Assert.Equal(ExactLog.Ln(7) - ExactLog.Ln(256 + 7), model.Vocabulary.GetScore(259));
        Assert.True(model.SpecialTokens.TryGetId("<sep>", out int id));
        Assert.Equal(260, id);
        Assert.Equal([259, 3 + 'c'], new Tokenizer(model).Encode("abc"));
    }

    [Fact]
    public void Example_Written_IsTheSameBytes()
    {
        byte[] file = ExampleFile();
        using var written = new MemoryStream();
        ModelFile.Write(ModelFile.Read(new MemoryStream(file)), written);
        Assert.Equal(file, written.ToArray());
    }

    private static byte[] ExampleFile()
    {
        List<byte> file = [];
        string[] page = File.ReadAllLines(FindPage());
        int first = Array.IndexOf(page, "```model");
        Assert.True(first >= 0, "The page has no block 'model'.");
        foreach (string line in page.Skip(first + 1).TakeWhile(line => line != "```"))
        {
            string content = line.Split('#')[0].Trim();
            file.AddRange(content switch
            {
                "SHA-256" => SHA256.HashData(file.ToArray()),
                "00..FF" => Enumerable.Range(0, 256).Select(value => (byte)value),
                ['"', .. var text, '"'] => Encoding.UTF8.GetBytes(text.Replace("\\n", "\n", StringComparison.Ordinal)),
                [.., ')'] => Repeated(content),
                _ => Hex(content),
            });
        }

        return [.. file];
    }

    private static IEnumerable<byte> Repeated(string content)
    {
        string[] parts = content.TrimEnd(')').Split("*(");
        return Enumerable.Repeat(Hex(parts[1]), int.Parse(parts[0], CultureInfo.InvariantCulture)).SelectMany(bytes => bytes);
    }

    private static byte[] Hex(string bytes) => Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));

    private static string FindPage()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string path = Path.Combine(directory.FullName, "docs", "model-format.md");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("docs/model-format.md is not above the tests.");
    }
}
