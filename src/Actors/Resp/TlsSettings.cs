using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ActorLoad.Resp;

/// <summary>How clients speak TLS (<c>target.tls</c>).</summary>
/// <param name="ServerName">The name that the server's certificate must have, sent as SNI; empty: the endpoint's host as the run file has
/// it.</param>
/// <param name="Versions">The versions that a client offers.</param>
/// <param name="Resumes">Connections resume the session of an earlier one.</param>
/// <param name="Verifies">The server's certificate must be right.</param>
public sealed record TlsSettings(string ServerName, SslProtocols Versions, bool Resumes, bool Verifies)
{
    /// <summary>The authorities that may have signed the server's certificate; null: those that this machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The client's certificate with its key; null if it has none.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>The options of a handshake with a server that the run file calls <paramref name="host"/>.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="judge">Takes the server's certificate and what is wrong with it.</param>
    public SslClientAuthenticationOptions OptionsFor(string host, RemoteCertificateValidationCallback judge)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (Authorities is { } authorities)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = ServerName.Length > 0 ? ServerName : host,
            EnabledSslProtocols = Versions,
            AllowTlsResume = Resumes,
            ClientCertificateContext = Certificate,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = judge,
        };
    }
}
