using System.Diagnostics;

namespace Bytemill.Tests;

/// <summary>Certificates by <c>scripts/make-test-ca.sh</c>.</summary>
internal sealed class TestAuthority
{
    private readonly string _directory;

    public TestAuthority(string directory, params string[] nodes)
    {
        _directory = directory;
        var start = new ProcessStartInfo("bash", [Repository.Find("scripts/make-test-ca.sh"), directory, .. nodes]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process script = Process.Start(start)!;
        string errors = script.StandardError.ReadToEnd();
        script.WaitForExit();
        Assert.True(script.ExitCode == 0, errors);
    }

    public string AuthorityFile => Path.Combine(_directory, "ca.pem");

    public string CertificateOf(string node) => Path.Combine(_directory, node + ".pem");

    public string KeyOf(string node) => Path.Combine(_directory, node + ".key");

    /// <returns>Options that give a node its certificate.</returns>
    public string[] OptionsOf(string node) => ["--tls-certificate", CertificateOf(node), "--tls-key", KeyOf(node), "--tls-ca", AuthorityFile];
}
