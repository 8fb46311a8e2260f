using Bytemill.Chaos;

namespace Bytemill.Tests;

public sealed class ResultComparisonTests : IDisposable
{
    private const string Manifest = """{ "models": [{ "sha256": "00" }], "phases": [{ "name": "count", "tasks": 3, "seconds": 1.5 }] }""";

    private readonly TestDirectory _directory = new();

    public ResultComparisonTests()
    {
        Write("expected", Manifest);
        Write("actual", Manifest.Replace("1.5", "7.25", StringComparison.Ordinal));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Differences_OnlyTimes_AreNone() => Assert.Empty(Compare());

    [Fact]
    public void Differences_AByte_IsOne()
    {
        File.WriteAllBytes(_directory["actual/part-0.parquet"], [1, 2, 4]);
        Assert.Contains("part-0.parquet", Assert.Single(Compare()), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_AnEmptyDirectoryLeft_IsOne()
    {
        Directory.CreateDirectory(_directory["actual/_bytemill"]);
        Assert.Equal("_bytemill is left over", Assert.Single(Compare()));
    }

    [Fact]
    public void Differences_AMissingFile_IsOne()
    {
        File.Delete(_directory["actual/part-0.parquet"]);
        Assert.Equal("part-0.parquet is missing", Assert.Single(Compare()));
    }

    [Fact]
    public void Differences_AnotherNumberInTheManifest_IsOne()
    {
        File.WriteAllText(_directory["actual/manifest.json"], Manifest.Replace("\"tasks\": 3", "\"tasks\": 4", StringComparison.Ordinal));
        Assert.Contains("manifest.json", Assert.Single(Compare()), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_MoreTasksOfAJobThatWentBack_AreNone()
    {
        File.WriteAllText(_directory["actual/manifest.json"], Manifest.Replace("\"tasks\": 3", "\"tasks\": 4", StringComparison.Ordinal));
        Assert.Empty(Compare(mayGoBack: true));
    }

    private IEnumerable<string> Compare(bool mayGoBack = false) => ResultComparison.Differences(_directory["expected"], _directory["actual"], mayGoBack);

    private void Write(string name, string manifest)
    {
        Directory.CreateDirectory(_directory[name]);
        File.WriteAllBytes(_directory[name + "/part-0.parquet"], [1, 2, 3]);
        File.WriteAllText(_directory[name + "/manifest.json"], manifest);
        File.WriteAllBytes(_directory[name + "/_SUCCESS"], []);
    }
}
