using Bytemill.Corpus;

namespace Bytemill.Tests;

public sealed class DatasetDirectoryTests : IDisposable
{
    private const string TwoConfigs = """
        ---
        license: mit
        configs:
        - config_name: en
          data_files:
          - split: train
            path: "en/a-*"
          - split: validation
            path:
            - en/b.parquet
            - en/c/**
        - config_name: de
          default: true
          data_files: "de/*.parquet"
        ---
        # A dataset
        """;

    private readonly TempFolder _folder = new();

    // Names as the datasets library finds splits in them; the first rule that any file keeps to holds.
    public static TheoryData<string, string, string, string> Names => new()
    {
        { "data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet data/test-00000-of-00001.parquet train.parquet", "", "train", "data/train-00000-of-00002.parquet data/train-00001-of-00002.parquet" },
        { "data/my.split-00000-of-00001-3f2a.parquet", "", "my.split", "data/my.split-00000-of-00001-3f2a.parquet" },
        { "train/a.parquet dev/b.parquet train-b.parquet", "", "train", "train/a.parquet" },
        { "x/valid_2/b.parquet x/train/c.parquet", "", "validation", "x/valid_2/b.parquet" },
        { "x/valid_2/b.parquet x/train/c.parquet", "", "dev", "x/valid_2/b.parquet" },
        { "a/my-train-1.parquet a/my_test.parquet a/retrain.parquet", "", "train", "a/my-train-1.parquet" },
        { "a.parquet b/c.parquet", "", "train", "a.parquet b/c.parquet" },
        { "a.jsonl.zst b.txt", "", "train", "a.jsonl.zst b.txt" },
        { "en/a-1.parquet en/a-2.parquet en/b.parquet en/c/d.parquet de/x.parquet", TwoConfigs, "en/train", "en/a-1.parquet en/a-2.parquet" },
        { "en/a-1.parquet en/b.parquet en/c/d.parquet de/x.parquet", TwoConfigs, "en/validation", "en/b.parquet en/c/d.parquet" },
        { "en/a-1.parquet de/x.parquet", TwoConfigs, "train", "de/x.parquet" },
        { "x/train-1.parquet y/train-1.parquet", "---\nconfigs:\n- config_name: one\n  data_dir: y/\n---\n", "train", "y/train-1.parquet" },
        { "x/a.parquet y/b.parquet", "---\nconfigs:\n- config_name: one\n  data_dir: y\n  data_files: [b.parquet]\n---\n", "train", "y/b.parquet" },
        { "train/a.parquet", "---\nlicense: mit\n---\n", "train", "train/a.parquet" },
        { "train/a.parquet", "# no front matter", "train", "train/a.parquet" },
    };

    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "train/a.parquet dev/a.parquet", "", "test", "no split 'test' (--hf-split); it has train, validation" },
        { "a.parquet", "", "en/train", "no README.md with configs" },
        { "de/a.parquet", TwoConfigs, "fr/train", "no config 'fr'. Say which with --hf-split CONFIG/SPLIT: en, de" },
        { "de/a.parquet", TwoConfigs, "test", "no split 'test' (--hf-split); it has train" },
        { "de/a.parquet", TwoConfigs, "en/train", "no file matches" },
        { "a.parquet", TwoConfigs.Replace("  default: true\n", "", StringComparison.Ordinal), "train", "no default" },
        { "a.parquet", "---\nconfigs: [\n---\n", "train", "README.md: the YAML of the dataset card cannot be read" },
        { "a.parquet", "---\nconfigs:\n- data_files:\n  - split: train\n---\n", "train", "split 'train' has no 'path'" },
        { "a.parquet", "---\nconfigs:\n- data_files: 'train-[0-9].parquet'\n---\n", "train", "only '*' and '**' are understood" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Resolve_Split_TakesItsFiles(string files, string card, string split, string expected)
    {
        string directory = Write(files, card);
        Assert.Equal(
            expected.Split(' ').Select(file => Path.Combine(directory, file)).Order(StringComparer.Ordinal),
            InputResolver.ResolveFiles([directory], split).Select(file => file.Path));
        Assert.All(InputResolver.ResolveFiles([directory + "@3"], split), file => Assert.Equal(3, file.Weight));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Resolve_NoSuchSplit_SaysWhatThereIs(string files, string card, string split, string named) =>
        Assert.Contains(named, Assert.Throws<CorpusException>(() => InputResolver.ResolveFiles([Write(files, card)], split)).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_SplitOfAFile_IsRefused()
    {
        string directory = Write("a.parquet", "");
        Assert.Contains("--hf-split is for directories", Assert.Throws<CorpusException>(() => InputResolver.ResolveFiles([directory + "/a.parquet"], "train")).Message, StringComparison.Ordinal);
    }

    private string Write(string files, string card)
    {
        string directory = Directory.CreateDirectory(Path.Combine(_folder.Root, "set")).FullName;
        foreach (string file in files.Split(' '))
        {
            string path = Path.Combine(directory, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        if (card.Length > 0)
        {
            File.WriteAllText(Path.Combine(directory, "README.md"), card);
        }

        return directory;
    }
}
