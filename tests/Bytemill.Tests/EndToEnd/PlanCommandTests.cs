using System.Text.Json;

namespace Bytemill.Tests;

/// <summary><c>bytemill plan</c> as a person and a script meet it.</summary>
[Collection(CommandTests.Name)]
public sealed class PlanCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public PlanCommandTests() => TestCorpus.Write(
        _directory["in"], [.. Enumerable.Range(0, 200).Select(i => $"Text {i} is one of {i % 7} texts that are much the same.")], files: 2, rowsPerGroup: 10);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("plan", "--input")]
    [InlineData("plan --input {dir}/none", "none")]
    [InlineData("plan --input {dir}/in --text-column body", "body")]
    [InlineData("plan --input {dir}/in --memory lots", "--memory takes a number of bytes such as 512MB, 2GiB or 1.5TB; found 'lots'.")]
    [InlineData("plan --input {dir}/in --text-bytes 50XB", "--text-bytes")]
    [InlineData("plan --input {dir}/in --sample-size 10GB", "--sample-size")]
    [InlineData("plan --input {dir}/in --nodes 0", "--nodes")]
    [InlineData("plan --input {dir}/in --workers 0", "--workers")]
    [InlineData("plan --input {dir}/in --disk-bandwidth 0", "--disk-bandwidth")]
    [InlineData("plan --input {dir}/in --order 9", "1..8")]
    public async Task Plan_WrongUse_OneLineExitCode2(string arguments, string named)
    {
        (int exitCode, string[] output, string[] errors) = await RunAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Contains(named, Assert.Single(errors, line => line.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_Json_HasPhasesAndTotals()
    {
        (int exitCode, string[] output, string[] errors) = await RunAsync(
            "plan {dir}/in --json --text-bytes 1TB --nodes 3 --workers 4 --memory 2GB --disk-bandwidth 500 --network-bandwidth 1000 --spill-dir {dir}");
        Assert.True(exitCode == 0, string.Join('\n', errors));
        using var plan = JsonDocument.Parse(string.Join('\n', output));
        JsonElement root = plan.RootElement;
        Assert.Equal("bytemill-plan/1", root.GetProperty("format").GetString());
        Assert.Equal(1_000_000_000_000, root.GetProperty("text_bytes").GetInt64());
        Assert.Equal(3, root.GetProperty("cluster").GetProperty("nodes").GetInt32());
        Assert.Equal(500e6, root.GetProperty("cluster").GetProperty("disk_bytes_per_second").GetDouble());
        Assert.Equal(7, root.GetProperty("phases").GetArrayLength());
        foreach (string name in (string[])["total_seconds", "peak_memory_bytes", "peak_disk_bytes", "kept_n_grams", "distinct_n_grams", "distinct_pieces", "model_bytes", "free_disk_bytes", "two_threads"])
        {
            Assert.True(root.GetProperty(name).GetDouble() > 0, name);
        }
    }

    [Fact]
    public async Task Plan_Table_HasARowForEachPhase()
    {
        (int exitCode, string[] output, _) = await RunAsync("plan {dir}/in --train-only --spill-dir {dir}");
        Assert.Equal(0, exitCode);
        Assert.Contains("of text on this machine", output[0], StringComparison.Ordinal);
        foreach (string phase in (string[])["plan", "count", "merge", "model", "segment", "vocabulary", "in all"])
        {
            Assert.Single(output, line => line.TrimStart().StartsWith(phase + " ", StringComparison.Ordinal));
        }

        Assert.DoesNotContain(output, line => line.Contains("tokenize", StringComparison.Ordinal));
    }

    private Task<(int ExitCode, string[] Output, string[] Errors)> RunAsync(string arguments) =>
        BytemillProcess.RunAsync([.. arguments.Split(' ').Select(argument => argument.Replace("{dir}", _directory.Path, StringComparison.Ordinal))]);
}
