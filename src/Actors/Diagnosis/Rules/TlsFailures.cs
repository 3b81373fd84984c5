using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Transport.Tls;

namespace ActorLoad.Diagnosis.Rules;

/// <summary>TLS ended attempts: a certificate, a version, or a server that does not speak it.</summary>
internal sealed class TlsFailures : IRule
{
    private const int MostReasons = 4;

    public string Name => "tls-failed";

    public Finding? Judge(Evidence evidence)
    {
        var failed = evidence.Failed(Outcome.TlsFailed);
        if (failed == 0)
        {
            return null;
        }

        var reasons = evidence.Ledgers.Client.TlsFailures.OrderByDescending(reason => reason.Value).Take(MostReasons).ToArray();
        return new Finding(
            Name, Severity.Error,
            $"TLS ended {failed.Of("attempt")} of {evidence.Ledgers.Client.Attempts.Text()}"
            + (reasons.Length == 0 ? "" : $": {string.Join("; ", reasons.Select(reason => $"{reason.Key} ({reason.Value.Text()})"))}"),
            reasons.ToDictionary(reason => reason.Key, reason => (double)reason.Value),
            [.. reasons.Select(reason => RemedyFor(reason.Key)).OfType<Remedy>().Distinct()])
        {
            Explains = failed,
        };
    }

    private static Remedy? RemedyFor(string reason) => reason.Split(':')[0] switch
    {
        TlsTrouble.Expired or TlsTrouble.NotYet => Remedies.ServerCertificate("a certificate that is valid now"),
        TlsTrouble.WrongName => Remedies.Tls("server-name", "a name of the server's certificate"),
        TlsTrouble.UnknownAuthority => Remedies.Tls("ca-file", "the PEM file of the authority that signed the server's certificate"),
        TlsTrouble.NoCommonVersion => Remedies.Tls("min-version", "1.2"),
        TlsTrouble.CertificateWanted or TlsTrouble.CertificateRefused =>
            Remedies.Tls("certificate-file", "a certificate that the server's tls-ca-cert-file has signed, and its key-file"),
        TlsTrouble.Plaintext or TlsTrouble.Silent => Remedies.Tls("enabled", "off, or the port that speaks TLS (tls-port)"),
        TlsTrouble.Closed => Remedies.ServerLog(),
        _ => null,
    };
}
