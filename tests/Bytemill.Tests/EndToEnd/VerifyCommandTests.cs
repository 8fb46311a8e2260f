using System.Text.Json;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary><c>bytemill verify</c> on whole results, and on results of which something is amiss.</summary>
[Collection(CommandTests.Name)]
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly string?[] _documents = [.. GoldenCases.Load("unnormalised").Documents, "", null, "a\u0301", null, "the thing"];

    public VerifyCommandTests() => TestCorpus.Write(_directory["in"], _documents, files: 3, rowsPerGroup: 5);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Verify_ResultsOfARun_AllIsWell()
    {
        await RunAsync();
        (int exitCode, string[] output, string[] errors) = await BytemillProcess.RunAsync("verify", _directory["out"], "--rows", "all", "--json");
        Assert.True(exitCode == 0, string.Join('\n', errors));
        JsonElement report = JsonDocument.Parse(string.Join('\n', output)).RootElement;
        Assert.Equal(3, report.GetProperty("files").GetInt32());
        Assert.Equal(_documents.Length, report.GetProperty("rows").GetInt64());
        Assert.Equal(_documents.Length, report.GetProperty("compared_rows").GetInt64());
        Assert.Equal(ResultManifest.Read(_directory["out"]).Statistics.Tokens, report.GetProperty("tokens").GetInt64());

        (exitCode, output, _) = await BytemillProcess.RunAsync("verify", _directory["out"], "--rows", "2");
        Assert.Equal(0, exitCode);
        Assert.Contains(output, line => line.StartsWith("decoded", StringComparison.Ordinal) && line.Contains("6 rows, 6 of them", StringComparison.Ordinal));
        Assert.Contains(output, line => line.Contains("all is as the manifest says", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--where", "lang != l1")]
    [InlineData("--sample", "0.5")]
    [InlineData("--limit", "7")]
    [InlineData("--sampling", "exact")]
    [InlineData("--normalization", "none")]
    public async Task Verify_SelectedAndSampledRows_AreComparedWithTheirText(string option, string value)
    {
        await RunAsync(option, value);
        VerifyReport report = Verify(new VerifyOptions { RowsPerFile = long.MaxValue });
        Assert.Empty(report.Faults);
        Assert.Empty(report.Notes);
        Assert.True(report.ComparedRows == report.Rows && report.Rows > 0);
    }

    [Fact]
    public async Task Verify_ChangedBytesOrFilesGone_NamesThem()
    {
        await RunAsync();
        Change(_directory["out/part-0.parquet"], 100);
        File.Delete(_directory["out/part-1.parquet"]);
        File.AppendAllText(_directory["out/part-2.parquet"], "more");
        File.Delete(_directory["out/_SUCCESS"]);
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync("verify", _directory["out"]);
        Assert.Equal(1, exitCode);
        Assert.Contains(errors, error => error.Contains("part-0.parquet: the file is damaged", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("part-1.parquet: the file is gone", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("part-2.parquet: the file has", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("_SUCCESS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_InputChanged_DecodesWithoutComparing()
    {
        await RunAsync();
        File.Delete(_directory["in/part-2.parquet"]);
        VerifyReport report = Verify(new VerifyOptions());
        Assert.Empty(report.Faults);
        Assert.Contains("part-2.parquet", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.True(report.DecodedRows == _documents.Length && report.ComparedRows < report.DecodedRows);
    }

    [Fact]
    public async Task Verify_OtherModel_IsFound()
    {
        await RunAsync();
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            "run", "--input", _directory["in"], "--vocab-size", "300", "--output", _directory["other"]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        File.Copy(_directory["other/model.bytemill"], _directory["out/model.bytemill"], overwrite: true);
        VerifyReport report = Verify(new VerifyOptions());
        Assert.Contains("another model", Assert.Single(report.Faults), StringComparison.Ordinal);
        report = Verify(new VerifyOptions { ModelPath = _directory["other/model.bytemill"] });
        Assert.Contains(report.Faults, fault => fault.Contains("not made with this model", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Verify_NoResults_SaysWhatToGive()
    {
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync("verify", _directory["in"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("--output", Assert.Single(errors, error => error.Length > 0), StringComparison.Ordinal);
    }

    private async Task RunAsync(params string[] more)
    {
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            ["run", "--input", _directory["in"], "--vocab-size", "400", "--output", _directory["out"], .. more]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
    }

    private VerifyReport Verify(VerifyOptions options) =>
        OutputVerifier.Verify(_directory["out"], options, TestContext.Current.CancellationToken);

    private static void Change(string path, int position)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[position] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
