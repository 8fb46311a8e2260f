using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>Certificates that can be used, and what is said of those that cannot.</summary>
public sealed class NodeCertificateTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private readonly TestDirectory _directory = new();
    private readonly X509Certificate2 _authority = Authority("one");

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("pem in one file")]
    [InlineData("pem with password")]
    [InlineData("pkcs12")]
    [InlineData("pkcs12 with password")]
    public void Load_Valid_GivesCertificateWithKey(string form)
    {
        using X509Certificate2 own = Issue(_authority, s_now.AddDays(1));
        string? password = form.EndsWith("password", StringComparison.Ordinal) ? "se cret" : null;
        TlsOptions options = new() { AuthorityFile = Write("ca.pem", _authority.ExportCertificatePem()), Password = password };
        string pem = own.ExportCertificatePem();
        using ECDsa key = own.GetECDsaPrivateKey()!;
        string keyPem = password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        switch (form)
        {
            case "pem" or "pem with password":
                options = options with { CertificateFile = Write("own.pem", pem), KeyFile = Write("own.key", keyPem) };
                break;
            case "pem in one file":
                options = options with { CertificateFile = Write("own.pem", $"{pem}\n{keyPem}") };
                break;
            default:
                File.WriteAllBytes(_directory["own.p12"], own.Export(X509ContentType.Pkcs12, password));
                options = options with { CertificateFile = _directory["own.p12"] };
                break;
        }

        using X509Certificate2 loaded = NodeCertificate.Load(options).Certificate;
        Assert.Equal(own.Thumbprint, loaded.Thumbprint);
        Assert.True(loaded.HasPrivateKey);
        Assert.DoesNotContain("cret", options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no certificate", "--tls-certificate")]
    [InlineData("no authority", "--tls-ca")]
    [InlineData("missing file", "own.pem")]
    [InlineData("not a certificate", "own.pem")]
    [InlineData("empty authority", "ca.pem")]
    [InlineData("key of another", "own.pem")]
    [InlineData("wrong password", "own.pem")]
    [InlineData("expired", "own.pem")]
    [InlineData("other authority", "own.pem")]
    public void Load_Wrong_SaysWhichFile(string fault, string named)
    {
        using X509Certificate2 other = Authority("two");
        using X509Certificate2 own = Issue(fault == "other authority" ? other : _authority, s_now.AddDays(fault == "expired" ? -1 : 1));
        using ECDsa key = own.GetECDsaPrivateKey()!;
        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new TlsOptions
        {
            CertificateFile = fault == "no certificate" ? null : Write("own.pem", fault == "not a certificate" ? "no PEM" : own.ExportCertificatePem()),
            KeyFile = Write("own.key", (fault == "key of another" ? another : key).ExportPkcs8PrivateKeyPem()),
            Password = fault == "wrong password" ? "no" : null,
            AuthorityFile = fault == "no authority" ? null : Write("ca.pem", fault == "empty authority" ? "" : _authority.ExportCertificatePem()),
        };
        if (fault == "missing file")
        {
            File.Delete(_directory["own.pem"]);
        }

        JobInputException error = Assert.Throws<JobInputException>(() => NodeCertificate.Load(options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_now.AddDays(-10), s_now.AddDays(10));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).Create(authority, s_now.AddDays(-5), until, [1, 2, 3]);
        return certificate.CopyWithPrivateKey(key);
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_directory[name], text);
        return _directory[name];
    }
}
