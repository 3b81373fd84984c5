using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Transport.Tls;

/// <summary>Judges the certificates that servers show in handshakes, and keeps why it refused one. Confined to one thread, or to one
/// handshake.</summary>
/// <param name="settings">Whether it judges, and by which authorities.</param>
/// <param name="words">Hides secrets in a server's words.</param>
/// <param name="time">The clock by which certificates expire.</param>
internal sealed class CertificateJudge(TlsSettings settings, ServerWords words, TimeProvider time)
{
    private string? _refusal;

    /// <summary>The options of handshakes with an endpoint.</summary>
    public SslClientAuthenticationOptions OptionsFor(Endpoint endpoint) => settings.OptionsFor(HostOf(endpoint), Judge);

    /// <summary>Why the certificate of the handshake that fails now was refused; null if it was not.</summary>
    public string? TakeRefusal()
    {
        var refusal = _refusal;
        _refusal = null;
        return refusal;
    }

    // The host as the run file has it; a Unix socket has none.
    private static string HostOf(Endpoint endpoint) =>
        endpoint.Address is null ? "" : endpoint.Name[..endpoint.Name.LastIndexOf(':')].Trim('[', ']');

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _refusal = settings.Verifies && errors != SslPolicyErrors.None
            ? TlsTrouble.Of(certificate, chain, errors, time.GetUtcNow().UtcDateTime, words) : null;
        return _refusal is null;
    }
}
