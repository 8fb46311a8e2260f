using System.Text;
using Bytemill.Corpus;

namespace Bytemill.Tests;

/// <summary>Inputs in an object store are found and read as those of disks are.</summary>
[Collection(S3Tests.Name)]
public sealed class S3InputTests(S3Server server) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/lang=de")]
    [InlineData("/a.parquet")]
    [InlineData("/*.parquet")]
    [InlineData("/**/*.parquet")]
    [InlineData("/lang=*/b*")]
    [InlineData("/lang=de/**/*.parquet")]
    [InlineData("/a*.parquet@3")]
    [InlineData("/_work/*.parquet")]
    [InlineData("/odd@2")]
    public void Resolve_AsOnDisks(string input)
    {
        string root = $"s3://{server.NewBucket()}/corpus";
        foreach (string name in (string[])["a.parquet", "ab.parquet", "notes.txt", "lang=de/b.parquet", "lang=de/deep/c.parquet", "lang=zh/b.jsonl", "_work/p.parquet", ".cache/p.parquet", "lang=de/_x.parquet", "odd@2"])
        {
            _folder.Touch(name);
            S3Store.Shared.Write($"{root}/{name}", []);
        }

        // What some programs put for a directory, and a name that begins as the directory does.
        S3Store.Shared.Write(root + "/lang=de/", []);
        S3Store.Shared.Write(root + "-other/x.parquet", []);

        Assert.Equal(
            InputResolver.ResolveFiles([_folder.Root + input]).Select(file => (file.Path[_folder.Root.Length..], file.Weight)),
            InputResolver.ResolveFiles([root + input]).Select(file => (file.Path[root.Length..], file.Weight)));
    }

    [Fact]
    public void Resolve_List_NamesObjectsFullyOrFromItsPlace()
    {
        string root = "s3://" + server.NewBucket();
        S3Store.Shared.Write(root + "/lists/a.jsonl", []);
        S3Store.Shared.Write(root + "/b.jsonl", []);
        string local = _folder.Touch("c.jsonl");
        S3Store.Shared.Write(root + "/lists/inputs.txt", Encoding.UTF8.GetBytes($"# all\na.jsonl@2\r\n./a.jsonl@2\n{root}/b.jsonl\n{local}\n"));
        InputFile[] expected = [new(local, 1), new(root + "/b.jsonl", 1), new(root + "/lists/a.jsonl", 2)];

        Assert.Equal(expected, InputResolver.ResolveFiles([$"@{root}/lists/inputs.txt"]));

        File.WriteAllText(_folder.File("inputs.txt"), $"c.jsonl\n{root}/lists/a.jsonl@2\n{root}/b*\n");
        Assert.Equal(expected, InputResolver.ResolveFiles(["@" + _folder.File("inputs.txt")]));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/nothing/*.parquet")]
    [InlineData("/corpus/*.parquet")]
    public void Resolve_NothingThere_SaysSo(string input)
    {
        string root = "s3://" + server.NewBucket();
        S3Store.Shared.Write(root + "/corpus/a.jsonl", []);
        CorpusException error = Assert.Throws<CorpusException>(() => InputResolver.Resolve([root + input]));
        Assert.Contains(root, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_HundredThousandObjects_PageByPage()
    {
        const int Objects = 100_000;
        using ListingServer many = new(Objects);
        S3Store store = S3Server.NewStore(many.Endpoint);

        Assert.Equal("s3://bucket/" + ListingServer.Key(0), store.Match("s3://bucket/corpus", "**/*.parquet").First());
        // None is asked for before it is needed.
        Assert.Equal(1, many.Requests);

        Assert.Equal(
            Enumerable.Range(0, Objects).Where(i => i % 10 != 9).Select(i => "s3://bucket/" + ListingServer.Key(i)),
            store.Match("s3://bucket/corpus", "**/*.parquet"));
        Assert.Equal(1 + (Objects / 1000), many.Requests);
    }

    [Theory]
    [InlineData(".parquet")]
    [InlineData(".ndjson.zst")]
    [InlineData(".txt")]
    public void FilesOf_Directory_IsListedOnceWhateverItHolds(string extension)
    {
        const int Objects = 2500;
        using ListingServer many = new(Objects, extension);

        string[] files = InputResolver.FilesOf(S3Server.NewStore(many.Endpoint), "s3://bucket/corpus");

        Assert.Equal(Enumerable.Range(0, Objects).Where(i => i % 10 != 9).Select(i => "s3://bucket/" + ListingServer.Key(i, extension)), files);
        Assert.Equal(3, many.Requests);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.jsonl")]
    [InlineData("a.parquet")]
    public void TextAndFingerprint_AreThoseOfTheFile(string name)
    {
        string local = _folder.File(name);
        string[] lines = [.. Enumerable.Range(0, 90_000).Select(i => $"line {i} of a text that spans more than one group of bytes, {i * 7919L}, {new string('x', i % 60)}")];
        if (name == "a.parquet")
        {
            TestCorpus.WriteFile(local, [.. lines.Select((line, i) => (TestCorpus.Id(i), (string?)"l", (string?)line))], rowsPerGroup: 40_000);
        }
        else
        {
            File.WriteAllLines(local, lines.Select(line => name == "a.txt" ? line : $$"""{"text": "{{line}}"}"""));
        }

        string remote = $"s3://{server.NewBucket()}/lang=de/{name}";
        S3Store.Shared.Write(remote, File.ReadAllBytes(local));

        CorpusFile there = TextSources.Inspect(remote, "text");
        CorpusFile here = TextSources.Inspect(local, "text");
        Assert.Equal(here.Fingerprint, there.Fingerprint);
        Assert.Equal(here.LengthBytes, there.LengthBytes);
        Assert.Equal(here.RowGroups, there.RowGroups);
        Assert.Equal(lines, ReadAll(remote, there));
    }

    private static IEnumerable<string> ReadAll(string path, CorpusFile file)
    {
        using ITextSource source = TextSources.Open(path, "text");
        for (int group = 0; group < file.RowGroups.Length; group++)
        {
            foreach (TextBatch batch in source.ReadBatches(group, 1 << 20, RowSelection.All, TestContext.Current.CancellationToken))
            {
                using (batch)
                {
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        yield return Encoding.UTF8.GetString(batch[row]);
                    }
                }
            }
        }
    }
}
