using System.ComponentModel;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

namespace Bytemill.App;

/// <summary>Options of all commands that take part in a cluster.</summary>
internal abstract class ClusterSettings : CommandSettings
{
    [CommandOption("--config <FILE>")]
    [Description("HOCON file for the node, as those in cluster-config/. Environment variables (BYTEMILL_PORT for bytemill.port and so on) go before it, options before those.")]
    public string? Config { get; init; }

    [CommandOption("--tls-certificate <FILE>")]
    [Description("Certificate of this node, PEM or PKCS #12: remoting is encrypted, and only nodes with a certificate of --tls-ca take part. A password comes by BYTEMILL_TLS_PASSWORD.")]
    public string? TlsCertificate { get; init; }

    [CommandOption("--tls-key <FILE>")]
    [Description("Private key of the certificate, PEM, if it is not in the same file.")]
    public string? TlsKey { get; init; }

    [CommandOption("--tls-ca <FILE>")]
    [Description("Certificate of the authority whose nodes are let in, PEM. scripts/make-test-ca.sh makes one to try out.")]
    public string? TlsAuthority { get; init; }

    [CommandOption("--insecure")]
    [Description("Listen beyond loopback without TLS: whoever reaches the port can take part in the cluster.")]
    public bool Insecure { get; init; }

    /// <summary>The node by file, environment and these options, in ascending order.</summary>
    /// <param name="readVariable">Reads a variable of the environment.</param>
    /// <exception cref="JobInputException">A value is wrong; says where it stands.</exception>
    protected NodeOptions ReadNode(Func<string, string?> readVariable)
    {
        NodeOptions node = NodeEnvironment.Apply(NodeConfigFile.Read(Config), readVariable);
        bool hasTls = node.Tls is not null || TlsCertificate is not null || TlsKey is not null || TlsAuthority is not null;
        TlsOptions tls = node.Tls ?? new TlsOptions();
        return node with
        {
            Insecure = Insecure || node.Insecure,
            Tls = !hasTls ? null : tls with
            {
                CertificateFile = TlsCertificate ?? tls.CertificateFile,
                KeyFile = TlsKey ?? tls.KeyFile,
                AuthorityFile = TlsAuthority ?? tls.AuthorityFile,
            },
        };
    }
}
