using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;

namespace Bytemill.Pipeline;

/// <summary>
/// Decides in the TLS handshake, on both sides, who may talk to this node: whoever has a valid certificate of one of its
/// authorities. Those of the machine do not count, nor do names: nodes are known by addresses that come and go.
/// </summary>
internal sealed class PeerCheck(X509Certificate2Collection authorities)
{
    /// <returns>Whether the peer is let in; the log says why not.</returns>
    public bool IsTrusted(X509Certificate2? certificate, X509Chain? presented, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        string? fault = certificate is null
            ? "it showed no certificate"
            : FaultOf(certificate, presented?.ChainElements.Select(element => element.Certificate) ?? [], authorities);
        if (fault is not null)
        {
            log.Warning("Refused a connection with {Peer}, {Subject}: {Fault}. Nodes need a certificate of this cluster's authority", peer, certificate?.Subject ?? "-", fault);
        }

        return fault is null;
    }

    /// <param name="certificate">The certificate in question.</param>
    /// <param name="between">Certificates that may lead from it to an authority.</param>
    /// <param name="authorities">Those whose word counts.</param>
    /// <returns>What is wrong with it; <c>null</c> if nothing is.</returns>
    public static string? FaultOf(X509Certificate2 certificate, IEnumerable<X509Certificate2> between, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(between.ToArray());

        // An authority of a cluster's own seldom publishes such lists; it is replaced instead.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        // A handshake must not wait for whatever address a stranger wrote into a certificate.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate) ? null : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')));
    }
}
