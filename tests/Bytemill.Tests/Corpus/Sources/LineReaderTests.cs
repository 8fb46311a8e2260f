using System.Text;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

public sealed class LineReaderTests
{
    private static readonly string[] s_parts = ["\n", "\r\n", "a", "bc", "字", "\r", " ", new string('x', 40)];

    [Fact]
    public void TryRead_AnyContentCutAnywhere_GivesEveryLineOnce()
    {
        Gen<(string Content, int[] Cuts)> content =
            from parts in Gen.Int[0, s_parts.Length - 1].List[0, 40]
            let text = string.Concat(parts.Select(part => s_parts[part]))
            from cuts in Gen.Int[0, Math.Max(1, Encoding.UTF8.GetByteCount(text))].Array[0, 5]
            select (text, cuts);
        content.Sample(sample =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(sample.Content);
            int[] borders = [0, .. sample.Cuts.Where(cut => cut <= bytes.Length).Order(), bytes.Length];
            List<string> found = [];
            for (int i = 1; i < borders.Length; i++)
            {
                found.AddRange(Lines(bytes, borders[i - 1], borders[i]));
            }

            Assert.Equal(Plain(sample.Content), found);
        });
    }

    [Fact]
    public void TryRead_LineLongerThanTheBuffer_IsWhole()
    {
        string line = new('y', 3_000_000);
        Assert.Equal(["a", line, "b"], Lines(Encoding.UTF8.GetBytes($"a\n{line}\nb"), 0, long.MaxValue));
    }

    [Fact]
    public void TryRead_ByteOrderMark_IsNoText() =>
        Assert.Equal(["a", "\uFEFFb"], Lines(Encoding.UTF8.GetBytes("\uFEFFa\n\uFEFFb"), 0, long.MaxValue));

    // A last line without an end counts; nothing after the last end is no line.
    private static string[] Plain(string content)
    {
        string[] lines = content.Split('\n');
        lines = lines[^1].Length == 0 ? lines[..^1] : lines;
        return [.. lines.Select(line => line.EndsWith('\r') ? line[..^1] : line)];
    }

    private static List<string> Lines(byte[] bytes, long start, long end)
    {
        using LineReader reader = new("here", new MemoryStream(bytes) { Position = Math.Max(0, start - 1) }, start, end);
        List<string> lines = [];
        while (reader.TryRead(out ReadOnlySpan<byte> line))
        {
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }
}
