using System.Text;
using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>A file of lines, and a change to it that its fingerprint does not see.</summary>
internal static class UnseenChange
{
    /// <summary>Writes the file.</summary>
    public static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Text());
    }

    /// <summary>Changes a letter of it where no stretch of the fingerprint lies.</summary>
    public static void Make(string path)
    {
        string fingerprint = TextSources.Inspect(path, "text").Fingerprint;
        byte[] text = Text();
        int at = -1;
        do
        {
            at = Array.IndexOf(text, (byte)'x', at + 1);
            byte[] changed = [.. text];
            changed[at] = (byte)'y';
            File.WriteAllBytes(path, changed);
        }
        while (TextSources.Inspect(path, "text").Fingerprint != fingerprint);
    }

    private static byte[] Text() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i} of text\n")));
}
