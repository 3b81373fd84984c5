using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorLoad.Peers.Tls;

/// <summary>A certificate in PEM files.</summary>
/// <param name="Certificate">Its file.</param>
/// <param name="Key">The file of its key.</param>
public sealed record PemFiles(string Certificate, string Key);

/// <summary>An authority that signs certificates, which exist as files as long as it does.</summary>
public sealed class TestAuthority : IDisposable
{
    // To find one takes long.
    private static readonly RSA _rsa = RSA.Create(2048);

    private static int _authorities;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("al-tls-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _own;
    private int _made;

    public TestAuthority()
    {
        // .NET keeps the TLS sessions of a process by the server's name.
        var number = Interlocked.Increment(ref _authorities);
        (Name, ServerName) = ($"Test Authority {number}", $"redis-{number}.test");
        var request = new CertificateRequest($"CN={Name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(400));
        File.WriteAllText(CertificateFile, _own.ExportCertificatePem());
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The name of its servers.</summary>
    public string ServerName { get; }

    /// <summary>Its own certificate.</summary>
    public string CertificateFile => Path.Combine(_folder.FullName, "authority.crt");

    /// <summary>A certificate with an RSA key.</summary>
    public PemFiles Rsa(string? name = null, int fromDay = -1, int toDay = 30)
    {
        name ??= ServerName;
        var request = new CertificateRequest($"CN={name}", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return Sign(request, _rsa, name, fromDay, toDay);
    }

    /// <summary>A certificate with an ECDSA key.</summary>
    public PemFiles Ecdsa(string? name = null)
    {
        name ??= ServerName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256), key, name, -1, 30);
    }

    /// <summary>The arguments of a redis-server that speaks TLS only, with that certificate.</summary>
    public string[] Server(PemFiles own, params string[] more) =>
    [
        "--port", "0", "--tls-port", RedisServer.PortMark, "--tls-cert-file", own.Certificate, "--tls-key-file", own.Key,
        "--tls-ca-cert-file", CertificateFile, "--tls-auth-clients", "no", .. more,
    ];

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private PemFiles Sign(CertificateRequest request, AsymmetricAlgorithm key, string name, int fromDay, int toDay)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == ServerName)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            _own.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), DateTimeOffset.UtcNow.AddDays(fromDay),
            DateTimeOffset.UtcNow.AddDays(toDay), RandomNumberGenerator.GetBytes(8));
        var files = new PemFiles(
            Path.Combine(_folder.FullName, $"{++_made}.crt"), Path.Combine(_folder.FullName, $"{_made}.key"));
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }
}
