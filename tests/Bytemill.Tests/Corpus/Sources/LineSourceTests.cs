using System.Text;
using System.Text.Json;
using Bytemill.Corpus;
using CsCheck;

namespace Bytemill.Tests;

public sealed class LineSourceTests : IDisposable
{
    private static readonly int[] s_list = [1, 2];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl", InputKind.JsonLines, InputCompression.None)]
    [InlineData("dir.gz/a.NDJSON.zst", InputKind.JsonLines, InputCompression.Zstd)]
    [InlineData("a.txt.gz", InputKind.PlainText, InputCompression.Gzip)]
    [InlineData("a.parquet", InputKind.Parquet, InputCompression.None)]
    [InlineData("part-00000", InputKind.Parquet, InputCompression.None)]
    [InlineData("a.parquet.gz", InputKind.Parquet, InputCompression.None)]
    public void Of_Name_TellsTheFormat(string name, InputKind kind, InputCompression compression) =>
        Assert.Equal(new InputFormat(kind, compression), InputFormat.Of(name));

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void ReadBatches_Text_IsTheLinesWhateverTheBatch(string compression)
    {
        string[] lines = ["one", "", "two 字节", "  three ", "\t", "ende"];
        string path = LineFiles.Write(_folder.File("a.txt" + compression), string.Join('\n', lines));
        foreach (long batchBytes in new long[] { 1, 100, 1 << 20 })
        {
            Assert.Equal(lines, ReadAll(path, "text", batchBytes));
        }
    }

    [Fact]
    public void ReadBatches_LargeText_IsCutIntoGroupsAtLines()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => new string((char)('a' + (i % 26)), 700_000 + i))];
        string path = LineFiles.Write(_folder.File("large.txt"), string.Join('\n', lines) + "\n");
        CorpusFile file = TextSources.Inspect(path, "text");
        Assert.Equal(4, file.RowGroups.Length);
        Assert.Equal(file.LengthBytes, file.TextBytes);
        Assert.Null(file.Rows);
        Assert.Equal(lines, ReadAll(path, "text", 1 << 20));
    }

    [Fact]
    public void ReadBatches_AnyJson_AgreesWithJsonDocument()
    {
        var value = Gen.OneOf(Gen.String.Select(text => (object?)text), Gen.Const((object?)null));
        var other = Gen.OneOf(Gen.Int.Select(number => (object)number), Gen.Const((object)s_list), Gen.Const((object)new { text = "no" }));
        Gen.Select(value, value, other).Array[1, 8].Sample(rows =>
        {
            // Half of the strings of CsCheck are no text: lone surrogates become what the serializer makes of them.
            string[] lines = [.. rows.Select((row, i) => JsonSerializer.Serialize(
                i % 2 == 0 ? new { a = row.Item3, doc = new { x = 1, text = row.Item1 }, id = row.Item2 } : (object)new { id = row.Item2, doc = new { text = row.Item1 } }))];
            string path = LineFiles.Write(_folder.File("any.jsonl"), string.Join("\n\n", lines));
            SourceOptions options = new() { TextColumn = "doc.text", Keep = ["id", "a"] };
            List<string?> found = [];
            using ITextSource source = TextSources.Open(path, options);
            foreach (TextBatch batch in source.ReadBatches(0, 100, RowSelection.All, TestContext.Current.CancellationToken))
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    using JsonDocument json = JsonDocument.Parse(lines[found.Count]);
                    found.Add(batch.IsNull(row) ? null : Encoding.UTF8.GetString(batch[row]));
                    Assert.Equal(json.RootElement.GetProperty("doc").GetProperty("text").GetString(), found[^1]);
                    Assert.Equal(json.RootElement.GetProperty("id").GetString(), Text(batch.Kept(0, row)));
                    Assert.Equal(json.RootElement.TryGetProperty("a", out JsonElement a) ? a.GetRawText() : null, Text(batch.Kept(1, row)));
                }

                batch.Dispose();
            }

            Assert.Equal(lines.Length, found.Count);
        }, threads: 1, iter: 200);
    }

    [Fact]
    public void ReadBatches_PropertyOfTheWholeName_ComesBeforeANestedOne()
    {
        string path = LineFiles.Write(_folder.File("a.jsonl"), """
            {"doc":{"text":"nested"},"doc.text":"whole"}
            {"doc.text":"whole","doc":{"text":"nested"}}
            {"doc":{"text":"nested"}}
            {"doc":5}
            {}
            """);
        Assert.Equal(["whole", "whole", "nested", null, null], ReadAll(path, "doc.text", 1));
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"\n", "line 2: no JSON at byte ")]
    [InlineData("{\"text\":\"a\"}\n\n[1]\n", "line 3: its JSON is of type array")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"a\"} x\n", "line 2: no JSON at byte ")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":7}\n", "line 2: property 'text' is of type number")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"\\ud83d\"}\n", "line 2: the text is no UTF-8 at byte 0 of 3 (0xed)")]
    [InlineData("{\"content\":\"a\",\"id\":1}\n", "no property 'text' in the first 1 lines; found 'content', 'id'. Choose one with --text-column; properties of strings here: 'content'.")]
    public void Read_FaultyLine_NamesFileAndLine(string content, string expected)
    {
        foreach (string compression in (string[])["", ".gz", ".zst"])
        {
            string path = LineFiles.Write(_folder.File("faulty.jsonl" + compression), content);
            CorpusException error = Assert.Throws<CorpusException>(() =>
            {
                TextSources.Inspect(path, "text");
                ReadAll(path, "text", 1 << 20);
            });
            Assert.StartsWith($"{path}: {expected}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_FaultFarIntoTheFile_NamesTheLineOfTheFile()
    {
        string filler = new('a', 100_000);
        string content = string.Concat(Enumerable.Repeat(filler + "\n", 120));
        byte[] bytes = [.. Encoding.UTF8.GetBytes(content), 0xC3, 0x28, (byte)'\n'];
        string path = LineFiles.Write(_folder.File("far.txt"), bytes);
        CorpusException error = Assert.Throws<CorpusException>(() => ReadAll(path, "text", 1 << 20));
        Assert.StartsWith($"{path}: line 121: the text is no UTF-8 at byte 0 of 2 (0xc3)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public void Read_CompressedFileCutShort_IsAnErrorWithTheLine(string compression)
    {
        string content = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i * 7919L % 104729}\n"));
        string path = LineFiles.Write(_folder.File("cut.txt" + compression), content);
        byte[] whole = File.ReadAllBytes(path);
        foreach (int length in (int[])[12, whole.Length / 2, whole.Length - 9, whole.Length - 8, whole.Length - 1])
        {
            // Cut where a frame or member ends, the rest is a whole file again: of those there is one here.
            File.WriteAllBytes(path, whole[..length]);
            CorpusException error = Assert.Throws<CorpusException>(() => ReadAll(path, "text", 1 << 16));
            Assert.Contains("cannot be read or decompressed from here on", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_SeveralGzipMembersAndZstdFrames_IsAllOfThem()
    {
        foreach (string compression in (string[])[".gz", ".zst"])
        {
            string one = LineFiles.Write(_folder.File("1.txt" + compression), "a\nb");
            string two = LineFiles.Write(_folder.File("2.txt" + compression), "c\nd\n");
            string both = _folder.File("both.txt" + compression);
            File.WriteAllBytes(both, [.. File.ReadAllBytes(one), .. File.ReadAllBytes(two)]);
            Assert.Equal(["a", "bc", "d"], ReadAll(both, "text", 1 << 16));
        }
    }

    [Fact]
    public void Inspect_WrongMagicOrEmpty_SaysSo()
    {
        string plain = _folder.File("plain.txt.gz");
        File.WriteAllText(plain, "plain");
        Assert.Contains("not a gzip file: it begins with bytes 706c6169", Assert.Throws<CorpusException>(() => TextSources.Inspect(plain, "text")).Message, StringComparison.Ordinal);
        string empty = _folder.Touch("empty.jsonl.zst");
        Assert.Contains("the file is empty (0 bytes), which no zstd file is", Assert.Throws<CorpusException>(() => TextSources.Inspect(empty, "text")).Message, StringComparison.Ordinal);
        Assert.Empty(TextSources.Inspect(_folder.Touch("empty.jsonl"), "text").RowGroups);
    }

    [Fact]
    public void Fingerprint_AnotherByteAnywhereInASmallFile_IsAnother()
    {
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)('a' + (i % 20)))];
        string path = LineFiles.Write(_folder.File("a.txt"), content);
        string before = TextSources.Inspect(path, "text").Fingerprint;
        foreach (int place in (int[])[0, 2500, 4999])
        {
            byte[] changed = [.. content];
            changed[place] ^= 1;
            LineFiles.Write(path, changed);
            Assert.NotEqual(before, TextSources.Inspect(path, "text").Fingerprint);
        }
    }

    private static string? Text(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static List<string?> ReadAll(string path, string column, long batchBytes)
    {
        using ITextSource source = TextSources.Open(path, column);
        List<string?> rows = [];
        for (int group = 0; group < source.GroupCount; group++)
        {
            long next = 0;
            foreach (TextBatch batch in source.ReadBatches(group, batchBytes, RowSelection.All, TestContext.Current.CancellationToken))
            {
                using (batch)
                {
                    Assert.Equal(next, batch.FirstRow);
                    next += batch.RowCount;
                    rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => batch.IsNull(row) ? null : Encoding.UTF8.GetString(batch[row])));
                }
            }
        }

        return rows;
    }
}
