using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bytemill.Pipeline;

/// <summary>A node's certificate with its key, and the authorities that it trusts.</summary>
internal sealed record NodeCertificate(X509Certificate2 Certificate, X509Certificate2Collection Authorities)
{
    /// <exception cref="JobInputException">A file is missing or wrong, or no node would let this one in; names the file.</exception>
    public static NodeCertificate Load(TlsOptions options)
    {
        string certificateFile = options.CertificateFile
            ?? throw new JobInputException("TLS needs the node's certificate: bytemill.tls.certificate, --tls-certificate or BYTEMILL_TLS_CERTIFICATE.");
        string authorityFile = options.AuthorityFile
            ?? throw new JobInputException("TLS needs the certificate of the authority whose nodes are let in: bytemill.tls.ca, --tls-ca or BYTEMILL_TLS_CA.");
        X509Certificate2 certificate = Read(certificateFile, () => LoadOwn(certificateFile, options));
        X509Certificate2Collection authorities = Read(authorityFile, () => LoadAuthorities(authorityFile));
        CheckOwn(certificateFile, certificate, authorityFile, authorities);
        return new NodeCertificate(certificate, authorities);
    }

    private static X509Certificate2 LoadOwn(string file, TlsOptions options)
    {
        if (X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(file, options.Password);
        }

        return options.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, options.KeyFile)
            : X509Certificate2.CreateFromPemFile(file, options.KeyFile);
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate in PEM");
    }

    // What every other node would find, said at once and here.
    private static void CheckOwn(string file, X509Certificate2 certificate, string authorityFile, X509Certificate2Collection authorities)
    {
        if (!certificate.HasPrivateKey)
        {
            throw new JobInputException($"{file}: the private key of the certificate is missing. Name its file with bytemill.tls.key or --tls-key.");
        }

        if (PeerCheck.FaultOf(certificate, [], authorities) is { } fault)
        {
            throw new JobInputException($"{file}: no node would let this one in by its certificate: {fault}. It must be valid and made by an authority in {authorityFile}.");
        }
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new JobInputException($"{file}: cannot be used for TLS: {e.Message.TrimEnd('.')}. Certificates are PEM or PKCS #12, keys PEM; see docs/operations.md.", e);
        }
    }
}
