using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorLoad.Resp;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>target.tls</c>, and the certificates that it names.</summary>
internal static class TlsReader
{
    private const string Certificate = "certificate-file";
    private const string Key = "key-file";
    private const string Pem = "a PEM file: -----BEGIN CERTIFICATE-----";

    /// <summary>How clients speak TLS; null if they do not, or if a problem was noted.</summary>
    public static TlsSettings? Read(SettingsReader tls)
    {
        var isEnabled = tls.Flag("enabled");
        var authorities = ReadCertificates(tls, "ca-file", tls.Content("ca-file"));
        var certificate = ReadOwn(tls);
        var name = tls.Text("server-name", NameProblem);
        var version = tls.Text("min-version", text => text is "1.2" or "1.3" ? null
            : ($"{ShownText.Quote(text)} is no version of TLS that ActorLoad speaks", "\"1.2\" or \"1.3\""));
        var resumes = tls.Flag("resumption");
        var verifies = tls.Flag("verify");
        return isEnabled != true || name is null || version is null || resumes is null || verifies is null ? null : new TlsSettings(
            name, version == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13, resumes.Value, verifies.Value)
        {
            Authorities = authorities,
            Certificate = certificate,
        };
    }

    private static X509Certificate2Collection? ReadCertificates(SettingsReader tls, string key, byte[]? content)
    {
        if (content is null)
            return null;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(content));
        }
        catch (CryptographicException cause)
        {
            tls.Problem(key, $"a certificate in {tls.Shown(key)} cannot be read: {cause.Message}", Pem);
            return null;
        }

        if (certificates.Count > 0)
            return certificates;
        tls.Problem(key, $"no certificate in {tls.Shown(key)}", Pem);
        return null;
    }

    private static SslStreamCertificateContext? ReadOwn(SettingsReader tls)
    {
        var (content, secret) = (tls.Content(Certificate), tls.Content(Key));
        var chain = ReadCertificates(tls, Certificate, content);
        var (hasCertificate, hasKey) = (tls.Shown(Certificate).Length > 0, tls.Shown(Key).Length > 0);
        if (hasCertificate != hasKey)
            tls.Contradiction(Certificate, Key, hasKey ? "a key without its certificate" : "a certificate without its key",
                "target.tls.certificate-file and target.tls.key-file together, or neither");
        if (chain is null || secret is null)
            return null;
        var text = Encoding.UTF8.GetString(secret);
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            tls.Problem(Key, $"the key in {tls.Shown(Key)} needs a passphrase", "a key without one: openssl pkey -in FILE -out OTHER");
            return null;
        }

        try
        {
            using var own = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(content!), text);
            // SslStream needs a key that outlives this one.
            var usable = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
            return SslStreamCertificateContext.Create(usable, [.. chain.Skip(1)], offline: true);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            tls.Problem(Key, $"the key in {tls.Shown(Key)} is not that of the certificate in {tls.Shown(Certificate)}",
                "the PEM file of the certificate's private key");
            return null;
        }
    }

    private static (string Problem, string Allowed)? NameProblem(string name) =>
        name.Length > 0 && Uri.CheckHostName(name) == UriHostNameType.Unknown
            ? ($"{ShownText.Quote(name)} is no host name", "a name of the server's certificate, such as redis.example.com") : null;
}
