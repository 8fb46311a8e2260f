namespace Bytemill.Tests;

/// <summary>Who is let into a cluster with TLS, with real processes.</summary>
[Collection(SplitTests.Name)]
public sealed class SecureClusterTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Node_CertificateOfTheSameAuthority_JoinsAndSharesAJob()
    {
        var authority = new TestAuthority(_directory["ca"], "node1", "node2", "client");
        string seed = NodeProcess.FreeAddress();
        await using BytemillProcess first = StartSeed(seed, authority.OptionsOf("node1"));
        Assert.Equal(seed, NodeProcess.AddressIn(await first.FirstLineAsync()));

        // By file and environment instead of options.
        string config = _directory["node.conf"];
        File.WriteAllText(config, $$"""bytemill { seed-nodes = ["{{seed}}"], workers = 1, tls { certificate = "{{authority.CertificateOf("node2")}}", key = wrong } }""");
        await using BytemillProcess second = BytemillProcess.Start(
            new Dictionary<string, string> { ["BYTEMILL_TLS_KEY"] = authority.KeyOf("node2"), ["BYTEMILL_TLS_CA"] = authority.AuthorityFile },
            "node", "--config", config);
        await second.FirstLineAsync();

        TestCorpus.Write(_directory["in"], [.. Enumerable.Range(0, 50).Select(i => $"a text with number {i}")], files: 4, rowsPerGroup: 5);
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync(
            ["run", "--input", _directory["in"], "--output", _directory["out"], "--vocab-size", "300", "--cluster", seed, .. authority.OptionsOf("client")]);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        Assert.Contains(first.Errors, line => line.Contains("akka.ssl.tcp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_CertificateOfAnotherAuthority_IsRefusedAndEnds()
    {
        var authority = new TestAuthority(_directory["ca"], "node1");
        var other = new TestAuthority(_directory["other"], "node1");
        string seed = NodeProcess.FreeAddress();
        await using BytemillProcess first = StartSeed(seed, authority.OptionsOf("node1"));
        await first.FirstLineAsync();

        // It trusts the cluster, the cluster does not trust it: a stranger with a copy of ca.pem.
        string both = _directory["both.pem"];
        File.WriteAllText(both, File.ReadAllText(authority.AuthorityFile) + File.ReadAllText(other.AuthorityFile));
        await using BytemillProcess second = BytemillProcess.Start(
            "node", "--seed", seed, "--tls-certificate", other.CertificateOf("node1"), "--tls-key", other.KeyOf("node1"), "--tls-ca", both);
        await first.ErrorLineAsync("Refused a connection");

        // It does not trust the cluster either.
        await using BytemillProcess third = BytemillProcess.Start(["node", "--seed", seed, .. other.OptionsOf("node1")]);
        Assert.Equal(1, await third.ExitCodeAsync(first));
        Assert.Contains(third.Errors, line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains("certificate", StringComparison.Ordinal));
        Assert.Empty(third.Output);
        Assert.Empty(second.Output);
        Assert.DoesNotContain(first.Errors, line => line.Contains("is JOINING, roles", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_WithoutACertificate_IsRefused()
    {
        var authority = new TestAuthority(_directory["ca"], "node1");
        string seed = NodeProcess.FreeAddress();
        await using BytemillProcess first = StartSeed(seed, authority.OptionsOf("node1"));
        await first.FirstLineAsync();
        await using BytemillProcess second = BytemillProcess.Start("node", "--seed", seed);
        await first.ErrorLineAsync("Rejected incoming connection");
        await second.ErrorLineAsync("Association failed");
        Assert.Empty(second.Output);

        TestCorpus.Write(_directory["in"], ["one text"], files: 1, rowsPerGroup: 1);
        (int exitCode, _, string[] errors) = await BytemillProcess.RunAsync("run", "--input", _directory["in"], "--output", _directory["out"], "--cluster", seed);
        Assert.Equal(2, exitCode);
        Assert.Contains(errors, line => line.Contains("--tls-certificate", StringComparison.Ordinal));
        Assert.DoesNotContain(first.Errors, line => line.Contains("is JOINING, roles", StringComparison.Ordinal));
    }

    private static BytemillProcess StartSeed(string seed, string[] tls) =>
        BytemillProcess.Start(["node", "--port", seed.Split(':')[1], "--seed", seed, "--workers", "1", .. tls]);
}
