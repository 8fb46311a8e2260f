using System.Diagnostics;
using Bytemill.Tokenization;

namespace Bytemill.Tests;

/// <summary>Every file of <c>tests/data/malformed</c> is refused with the message that <c>messages.txt</c> has for it.</summary>
/// <remarks>Made by <c>scripts/make-malformed.py</c>, and found by fuzzing. BYTEMILL_UPDATE_DOCS=1 writes the messages anew.</remarks>
public class MalformedModelTests
{
    private const string MessagesName = "messages.txt";

    private static readonly string s_root = FindRoot();

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(s_root).Select(path => Path.GetFileName(path)!).Where(name => name != MessagesName && name[0] != '.').Order(StringComparer.Ordinal)];

    [Fact]
    public void Read_EveryFile_IsRefusedWithTheMessageOfTheList()
    {
        string[] found = [.. Files.Select(file => $"{file.Data}\t{MessageOf(stream => ModelFormats.Read(stream, "m"), file.Data)}")];
        string list = Path.Combine(s_root, MessagesName);
        if (Environment.GetEnvironmentVariable("BYTEMILL_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(list, string.Concat(found.Select(line => line + "\n")));
        }

        Assert.Equal(File.ReadAllText(list).Split('\n', StringSplitOptions.RemoveEmptyEntries), found);
    }

    // A user may also name the format, or load without one; the message may then be another.
    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ByEveryReader_IsRefusedSoonAndSmall(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(s_root, name));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        foreach (Func<Stream, TokenizerModel> read in FormatMutations.Readers)
        {
            string message = MessageOf(read, name);
            Assert.InRange(message.Length, 20, 1200);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4 << 20) + (1000L * file.Length));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    private static string MessageOf(Func<Stream, TokenizerModel> read, string name)
    {
        using FileStream stream = File.OpenRead(Path.Combine(s_root, name));
        string message = "no error";
        try
        {
            read(stream);
        }
        catch (ModelFormatException error)
        {
            message = error.Message;
        }

        Assert.DoesNotContain(message, char.IsControl);
        return message;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "data", "malformed");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"No tests/data/malformed in '{AppContext.BaseDirectory}' or a folder above it; run the tests from a checkout.");
    }
}
