using System.Net;
using System.Net.Sockets;
using Bytemill.App;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Seeds from a resolver of the tests' own, which answers differently from call to call.</summary>
public sealed class SeedLookupTests
{
    [Fact]
    public async Task Apply_AnyOrderAndDuplicates_GiveOneOrderedList()
    {
        string[][] answers = [["10.0.0.12", "10.0.0.9", "10.0.0.100"], ["10.0.0.100", "10.0.0.9", "::1", "10.0.0.12", "10.0.0.9"]];
        foreach (string[] answer in answers)
        {
            NodeOptions node = await ApplyAsync(new NodeOptions { SeedDns = "nodes.example:4051", SeedDnsNodes = 3 }, answer);
            Assert.Equal(["10.0.0.9:4051", "10.0.0.12:4051", "10.0.0.100:4051"], node.SeedNodes);
            Assert.Null(node.SeedDns);
        }
    }

    [Fact]
    public async Task Apply_TooFewAtFirst_WaitsForTheRest()
    {
        var asked = new List<string>();
        NodeOptions node = await ApplyAsync(new NodeOptions { SeedDns = "n:1", SeedDnsNodes = 2 }, asked, [null, ["10.0.0.2"], ["10.0.0.2", "10.0.0.1"], ["10.0.0.3"]]);
        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1"], node.SeedNodes);
        Assert.Equal(["n", "n", "n"], asked);
    }

    [Fact]
    public async Task Apply_NeverEnough_SaysHowMany()
    {
        var asked = new List<string>();
        JobInputException error = await Assert.ThrowsAsync<JobInputException>(() =>
            ApplyAsync(new NodeOptions { SeedDns = "nodes.example:1", SeedDnsNodes = 3 }, asked, [["10.0.0.2", "10.0.0.1"]]));
        Assert.All(["2 addresses", "nodes.example", "3"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.Equal(SeedLookup.MaxTries, asked.Count);
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData(":1")]
    [InlineData("nodes:0")]
    [InlineData("nodes:x")]
    public async Task Apply_NotNameAndPort_IsRefused(string name)
    {
        JobInputException error = await Assert.ThrowsAsync<JobInputException>(() => ApplyAsync(new NodeOptions { SeedDns = name }, ["10.0.0.1"]));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_NoName_ChangesNothing()
    {
        var node = new NodeOptions { SeedNodes = ["a:1"] };
        Assert.Same(node, await ApplyAsync(node, ["10.0.0.1"]));
    }

    private static Task<NodeOptions> ApplyAsync(NodeOptions node, params string[] answer) => ApplyAsync(node, new List<string>(), [answer]);

    // The last answer stays; null is a name that does not exist.
    private static Task<NodeOptions> ApplyAsync(NodeOptions node, List<string> asked, string[]?[] answers) => SeedLookup.ApplyAsync(
        node,
        (name, _) =>
        {
            string[]? answer = answers[Math.Min(asked.Count, answers.Length - 1)];
            asked.Add(name);
            return answer is null ? throw new SocketException((int)SocketError.HostNotFound) : Task.FromResult(answer.Select(IPAddress.Parse).ToArray());
        },
        _ => Task.CompletedTask,
        TestContext.Current.CancellationToken);
}
