namespace Bytemill.Pipeline;

/// <summary>Files that make remoting encrypted, and let in only nodes with a certificate of the same authority.</summary>
public sealed record TlsOptions
{
    /// <summary>The node's own certificate: PEM, with the certificates of any authority in between, or PKCS #12.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM; <c>null</c> if it stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Password of the key or of the PKCS #12 file; <c>null</c> for none.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Certificates in PEM of the authorities whose nodes are let in: whoever has a certificate of theirs may join. Several while
    /// one authority replaces another.
    /// </summary>
    public string? AuthorityFile { get; init; }

    // A record would print its password.
    /// <inheritdoc/>
    public override string ToString() => $"{nameof(TlsOptions)} {{ {CertificateFile}, {KeyFile}, {AuthorityFile} }}";
}
