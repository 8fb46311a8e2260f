using Bytemill.App;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class NodeEnvironmentTests
{
    [Fact]
    public void Apply_EveryKey_HasAVariableOfItsOwn()
    {
        var values = new Dictionary<string, string>
        {
            ["BYTEMILL_SEED_NODES"] = "a:1, b:2",
            ["BYTEMILL_SEED_DNS_NODES"] = "3",
            ["BYTEMILL_HOSTNAME"] = "node7",
            ["BYTEMILL_PORT"] = "4052",
            ["BYTEMILL_ROLES"] = "worker,shard",
            ["BYTEMILL_WORKERS"] = "3",
            ["BYTEMILL_MAX_JOBS"] = "2",
            ["BYTEMILL_MEMORY"] = "1GiB",
            ["BYTEMILL_SPILL_DIR"] = Path.GetTempPath(),
            ["BYTEMILL_WORK_COPIES"] = "20GB",
            ["BYTEMILL_JOURNAL"] = "Host=db",
            ["BYTEMILL_LEASE_DIR"] = Path.GetTempPath(),
            ["BYTEMILL_HTTP"] = "0.0.0.0:4090",
            ["BYTEMILL_HTTP_TOKEN"] = "0123456789abcdef",
            ["BYTEMILL_DATA_ROOTS"] = "/," + Path.GetTempPath(),
            ["BYTEMILL_TLS_CERTIFICATE"] = "own.pem",
            ["BYTEMILL_TLS_KEY"] = "own.key",
            ["BYTEMILL_TLS_PASSWORD"] = "secret",
            ["BYTEMILL_TLS_CA"] = "ca.pem",
            ["BYTEMILL_OTLP_ENDPOINT"] = "http://collector:4318",
            ["BYTEMILL_LOG_FORMAT"] = "json",
            ["BYTEMILL_INSECURE"] = "on",
        };

        // That one puts the list out.
        Assert.Equal(NodeKeys.All.Select(key => key.Variable).Except(["BYTEMILL_SEED_DNS"]).Order(StringComparer.Ordinal), values.Keys.Order(StringComparer.Ordinal));
        NodeOptions node = NodeEnvironment.Apply(new NodeOptions(), values.GetValueOrDefault);
        Assert.Equal(["a:1", "b:2"], node.SeedNodes);
        Assert.Equal(["worker", "shard"], node.Roles);
        Assert.Equal((3, 2, 20_000_000_000L), (node.SeedDnsNodes, node.MaxJobs, node.WorkCopyBytes));
        Assert.Equal(("node7", 4052, 3, 1L << 30, true), (node.Hostname, node.Port, node.Workers, node.MemoryBytes, node.Insecure));
        Assert.Equal(new JournalLocation.PostgreSql("Host=db"), node.Journal);
        Assert.Equal(new HttpOptions { IsOn = true, Hostname = "0.0.0.0", Port = 4090, Token = "0123456789abcdef" }, node.Http);
        Assert.Equal(["/", Path.TrimEndingDirectorySeparator(Path.GetTempPath())], node.DataRoots);
        Assert.Equal((new Uri("http://collector:4318"), LogFormat.Json), (node.OtlpEndpoint, node.LogFormat));
        Assert.Equal(new TlsOptions { CertificateFile = "own.pem", KeyFile = "own.key", Password = "secret", AuthorityFile = "ca.pem" }, node.Tls);
    }

    [Fact]
    public void Apply_EmptyOrNotSet_LeavesWhatIsThere()
    {
        var node = new NodeOptions { Port = 7, Hostname = "h" };
        Assert.Equal(node, NodeEnvironment.Apply(node, name => name == "BYTEMILL_PORT" ? "" : null));
    }

    [Theory]
    [InlineData("BYTEMILL_PORT", "abc", "whole number")]
    [InlineData("BYTEMILL_PORT", "70000", "65535")]
    [InlineData("BYTEMILL_MEMORY", "lots", "512MB")]
    [InlineData("BYTEMILL_WORK_COPIES", "1MB", "64MiB")]
    [InlineData("BYTEMILL_INSECURE", "maybe", "on or off")]
    [InlineData("BYTEMILL_HTTP", "here:", "HOST:PORT")]
    [InlineData("BYTEMILL_HTTP_TOKEN", "short", "16")]
    [InlineData("BYTEMILL_DATA_ROOTS", "relative", "absolute")]
    [InlineData("BYTEMILL_OTLP_ENDPOINT", "collector:4318", "OTLP over HTTP")]
    [InlineData("BYTEMILL_LOG_FORMAT", "xml", "line or json")]
    public void Apply_WrongValue_NamesTheVariable(string variable, string value, string expected)
    {
        JobInputException error = Assert.Throws<JobInputException>(() => NodeEnvironment.Apply(new NodeOptions(), name => name == variable ? value : null));
        Assert.Contains(variable, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
