using System.Runtime.CompilerServices;

namespace Bytemill.Tests;

/// <summary>Every piece of C# that the pages on the library show is compiled, and run, in <see cref="LibrarySnippets"/>.</summary>
public class LibraryPageTests
{
    [Theory]
    [InlineData("docs/library.md")]
    [InlineData("docs/sampling.md")]
    [InlineData("docs/continuation.md")]
    [InlineData("src/Bytemill.Tokenization/README.md")]
    [InlineData("src/Bytemill.MLTokenizers/README.md")]
    public void Page_Snippets_AreThoseThatAreCompiled(string page)
    {
        string root = Path.GetFullPath(Path.Combine(SourceFolder(), "../../.."));
        string[] code = [.. File.ReadAllLines(Path.Combine(SourceFolder(), "LibrarySnippets.cs")).Select(line => line.Trim())];
        string[] lines = File.ReadAllLines(Path.Combine(root, page));
        int blocks = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```csharp")
            {
                continue;
            }

            string[] block = [.. lines.Skip(i + 1).TakeWhile(line => line != "```").SkipWhile(line => line.Length == 0 || line.StartsWith("using Bytemill", StringComparison.Ordinal)).Select(line => line.Trim())];
            Assert.True(
                Enumerable.Range(0, code.Length).Any(at => code.AsSpan(at).StartsWith(block)),
                $"{page}, line {i + 1}: LibrarySnippets.cs has no such lines:\n{string.Join('\n', block)}");
            blocks++;
        }

        Assert.NotEqual(0, blocks);
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
