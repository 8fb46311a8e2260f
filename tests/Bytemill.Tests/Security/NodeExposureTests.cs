using Bytemill.Pipeline;

namespace Bytemill.Tests;

public sealed class NodeExposureTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.7")]
    [InlineData("::")]
    [InlineData("no-such-host.invalid")]
    public void Check_BeyondLoopbackWithoutTls_IsRefusedUnlessInsecureIsSaid(string hostname)
    {
        var node = new NodeOptions { Hostname = hostname };
        JobInputException error = Assert.Throws<JobInputException>(() => NodeExposure.Check(node));
        Assert.All([hostname, "--tls-certificate", "--insecure", "127.0.0.1"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);

        NodeExposure.Check(node with { Insecure = true });
        NodeExposure.Check(node with { Tls = new TlsOptions() });
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.53")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void Check_Loopback_IsAllowed(string hostname) => NodeExposure.Check(new NodeOptions { Hostname = hostname });
}
