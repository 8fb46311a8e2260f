using Bytemill.App;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>What wins: option, environment, file, default.</summary>
public sealed class NodeSettingsTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void ToNode_EachSourceGoesBeforeTheNext()
    {
        string file = _directory["node.conf"];
        File.WriteAllText(
            file,
            """
            bytemill {
              hostname = file, port = 1, roles = [worker], workers = 7, memory = 1GiB, seed-nodes = ["file:1"], seed-dns-nodes = 2
              tls { certificate = file.pem, key = file.key, ca = file.ca }
            }
            """);
        var variables = new Dictionary<string, string>
        {
            ["BYTEMILL_PORT"] = "2",
            ["BYTEMILL_ROLES"] = "shard",
            ["BYTEMILL_SEED_NODES"] = "variable:1,variable:2",
            ["BYTEMILL_TLS_KEY"] = "variable.key",
            ["BYTEMILL_TLS_CA"] = "variable.ca",
        };
        var settings = new NodeSettings { Config = file, Roles = "coordinator, web", Seeds = ["option:1"], TlsAuthority = "option.ca" };
        NodeOptions node = settings.ToNode(variables.GetValueOrDefault);
        Assert.Equal(["coordinator", "web"], node.Roles);
        Assert.Equal(["option:1"], node.SeedNodes);
        Assert.Equal((2, "file", 7, 1L << 30, 2), (node.Port, node.Hostname, node.Workers, node.MemoryBytes, node.SeedDnsNodes));
        Assert.Equal(new TlsOptions { CertificateFile = "file.pem", KeyFile = "variable.key", AuthorityFile = "option.ca" }, node.Tls);

        NodeOptions defaults = new NodeSettings().ToNode(_ => null);
        Assert.Equal((new NodeOptions().Workers, "127.0.0.1", 0, null), (defaults.Workers, defaults.Hostname, defaults.Port, defaults.Tls));
        Assert.Equal(ClusterRoles.All, defaults.Roles);
    }

    [Fact]
    public void ToNode_SeedsByDns_PutOutAListThatComesAfter()
    {
        string file = _directory["node.conf"];
        File.WriteAllText(file, "bytemill.seed-nodes = [\"file:1\"]");
        NodeOptions node = new NodeSettings { Config = file }.ToNode(name => name == "BYTEMILL_SEED_DNS" ? "variable:1" : null);
        Assert.Equal("variable:1", node.SeedDns);
        Assert.Empty(node.SeedNodes);

        node = new NodeSettings { Seeds = ["option:1"] }.ToNode(name => name == "BYTEMILL_SEED_DNS" ? "variable:1" : null);
        Assert.Null(node.SeedDns);
        Assert.Equal(["option:1"], node.SeedNodes);
        Assert.Throws<JobInputException>(() => new NodeSettings { Seeds = ["a:1"], SeedDns = "b:1" }.ToNode(_ => null));
    }

    [Fact]
    public void ToNode_WorkersZero_IsOneForEachCoreWhateverComesAfter() =>
        Assert.Equal(Environment.ProcessorCount, new NodeSettings { Workers = 0 }.ToNode(name => name == "BYTEMILL_WORKERS" ? "77" : null).Workers);
}
