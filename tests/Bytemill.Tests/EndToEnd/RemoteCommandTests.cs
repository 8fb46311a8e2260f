using System.Text.Json;
using Bytemill.Web.Api;

namespace Bytemill.Tests;

/// <summary>The commands against a cluster, by HTTP, in processes of their own.</summary>
[Collection(CommandTests.Name)]
public sealed class RemoteCommandTests
{
    private const string Token = "0123456789abcdef0123";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_IsSubmittedWatchedAndFetchedByAContext()
    {
        using var directory = new TestDirectory();
        TestCorpus.Write(directory["in"], [.. Enumerable.Range(0, 60).Select(i => $"document {i} of a text, 自由软件 {i * i}")], files: 2, rowsPerGroup: 20);
        await using WebNode node = await WebNode.StartAsync(options => options with { Http = options.Http with { Token = Token } });
        await File.WriteAllTextAsync(directory["token"], Token + "\n", Cancellation);
        await File.WriteAllTextAsync(directory["job.yaml"], "inputs: [in]\noutput: out # beside this file\nvocab_size: 300\nshards: 2\nid: yaml-1\n", Cancellation);
        var environment = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = directory["config"] };

        (int code, _, string[] errors) = await RunAsync(environment, "jobs");
        Assert.Equal(2, code);
        Assert.Contains("bytemill context add", Assert.Single(errors), StringComparison.Ordinal);
        (code, _, errors) = await RunAsync(environment, "jobs", "--cluster", node.Address);
        Assert.True(code == 2 && errors[0].Contains("--token-file", StringComparison.Ordinal), string.Join('\n', errors));
        Assert.Equal(0, (await RunAsync(environment, "context", "add", "mine", node.Address, "--token-file", directory["token"])).Code);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["config/bytemill/tokens.json"]));
        }

        (code, string[] output, errors) = await RunAsync(environment, "submit", directory["job.yaml"]);
        Assert.True(code == 0, string.Join('\n', errors));
        Assert.Equal(["yaml-1"], output);
        Assert.Equal(["yaml-1"], (await RunAsync(environment, "submit", directory["job.yaml"])).Output);

        (code, output, errors) = await RunAsync(environment, "watch", "yaml");
        Assert.True(code == 0, string.Join('\n', errors));
        Assert.Equal($"bytemill: run to {directory["out"]}", output[0]);
        Assert.Contains(output, line => line.StartsWith("tokens", StringComparison.Ordinal));

        (_, output, _) = await RunAsync(environment, "jobs", "--json");
        JobList list = JsonSerializer.Deserialize(string.Join('\n', output), BytemillJson.Default.JobList)!;
        Assert.Equal(("yaml-1", "completed"), (Assert.Single(list.Jobs).Id, list.Jobs[0].Status));
        Assert.Contains((await RunAsync(environment, "logs", "yaml-1")).Output, line => line.Contains(" info ", StringComparison.Ordinal));
        Assert.Equal(1, (await RunAsync(environment, "pause", "yaml-1")).Code);

        Assert.Equal(0, (await RunAsync(environment, "fetch", "yaml-1", directory["here"])).Code);
        Assert.Equal(await File.ReadAllBytesAsync(directory["out/model.bytemill"], Cancellation), await File.ReadAllBytesAsync(directory["here/model.bytemill"], Cancellation));
        Assert.Equal(await File.ReadAllBytesAsync(directory["out/manifest.json"], Cancellation), await File.ReadAllBytesAsync(directory["here/manifest.json"], Cancellation));
        Assert.Equal(2, (await RunAsync(environment, "fetch", "yaml-1", directory["here"])).Code);
        Assert.Equal(0, (await RunAsync(environment, "context", "remove", "mine")).Code);
        Assert.Equal(["no contexts"], (await RunAsync(environment, "context", "list")).Output);
        Assert.DoesNotContain(Token, await File.ReadAllTextAsync(directory["config/bytemill/tokens.json"], Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ByOptions_IsWatchedAtOnceAndCancelled()
    {
        using var directory = new TestDirectory();
        TestCorpus.Write(directory["in"], [.. Enumerable.Range(0, 60).Select(i => $"document {i}")], files: 1, rowsPerGroup: 20);
        await using WebNode node = await WebNode.StartAsync();
        string[] job = ["submit", "--cluster", node.Address, "--input", directory["in"], "--vocab-size", "300", "--shards", "2", "--output", directory["out"]];
        (int code, string[] output, string[] errors) = await BytemillProcess.RunAsync([.. job, "--mode", "train", "--watch", "--id", "b"]);
        Assert.True(code == 0, string.Join('\n', errors));
        Assert.Equal($"bytemill: train to {directory["out"]}", output[0]);
        (code, _, errors) = await BytemillProcess.RunAsync([.. job, "--id", "c"]);
        Assert.True(code == 2 && errors[0].Contains("output", StringComparison.Ordinal), string.Join('\n', errors));
        (code, output, _) = await BytemillProcess.RunAsync("show", "b", "--cluster", node.Address, "--json");
        Assert.Equal("train", JsonSerializer.Deserialize(string.Join('\n', output), BytemillJson.Default.JobDetails)!.Job.Mode);
        Assert.Equal(2, (await BytemillProcess.RunAsync("cancel", "none", "--cluster", node.Address)).ExitCode);
    }

    [Theory]
    [InlineData("inputs: [in]\nordre: 6\noutput: out\n", ":2: ordre: There is no field 'ordre'.")]
    [InlineData("inputs: [in]\n\noutput: out\norder: six\n", ":4: order: ")]
    [InlineData("inputs: [in]\noutput: out\norder: 9\n", ":3: order: ")]
    [InlineData("inputs:\n  - in\n  - 5\noutput: out\n", ":3: inputs/1: ")]
    [InlineData("output: out\n", ":1: inputs: ")]
    [InlineData("a: [", "not YAML")]
    [InlineData("- a\n", "not a job file")]
    public async Task Submit_WrongFile_NamesTheLine(string text, string expected)
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory["job.yaml"], text, Cancellation);
        (int code, _, string[] errors) = await BytemillProcess.RunAsync("submit", directory["job.yaml"], "--cluster", "http://127.0.0.1:1");
        Assert.Equal(2, code);
        Assert.Contains(expected, string.Join('\n', errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_WithAFileAndAnOption_IsRefused()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory["job.yaml"], "inputs: [in]\noutput: out\n", Cancellation);
        (int code, _, string[] errors) = await BytemillProcess.RunAsync("submit", directory["job.yaml"], "--order", "3", "--cluster", "http://127.0.0.1:1");
        Assert.Equal(2, code);
        Assert.Contains("--order", Assert.Single(errors), StringComparison.Ordinal);
        (code, _, errors) = await BytemillProcess.RunAsync("submit", directory["job.yaml"], "--cluster", "http://127.0.0.1:1");
        Assert.Equal(2, code);
        Assert.Contains("bytemill node --http", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static async Task<(int Code, string[] Output, string[] Errors)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        await using BytemillProcess program = BytemillProcess.Start(environment, arguments);
        int code = await program.ExitCodeAsync();
        return (code, [.. program.Output], [.. program.Errors]);
    }
}
