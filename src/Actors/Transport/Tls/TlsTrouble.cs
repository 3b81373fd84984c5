using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using ActorLoad.Metrics;

namespace ActorLoad.Transport.Tls;

/// <summary>Why a handshake failed, in words: a fixed beginning, and what is special about this server after a colon.</summary>
internal static partial class TlsTrouble
{
    /// <summary>The server sent FIN before the handshake was over.</summary>
    public const string Closed = "closed in the handshake";

    /// <summary>The server did not answer within the reply timeout.</summary>
    public const string Silent = "no answer in the handshake";

    /// <summary>The server answered with something else.</summary>
    public const string Plaintext = "plaintext answered";

    /// <summary>The server's certificate is not valid any more.</summary>
    public const string Expired = "certificate expired";

    /// <summary>The server's certificate is not valid yet.</summary>
    public const string NotYet = "certificate not yet valid";

    /// <summary>The server's certificate has other names.</summary>
    public const string WrongName = "wrong name";

    /// <summary>Nobody who signed the server's certificate is trusted.</summary>
    public const string UnknownAuthority = "unknown authority";

    /// <summary>Client and server have no version of TLS in common.</summary>
    public const string NoCommonVersion = "no common version";

    /// <summary>The server wants a certificate of the client.</summary>
    public const string CertificateWanted = "client certificate wanted";

    /// <summary>The server does not take the client's certificate.</summary>
    public const string CertificateRefused = "client certificate refused";

    private const int LongestDetail = 40;

    // OpenSSL's reasons: from 1000 on, the alert of the server.
    private const int FirstAlert = 1000;

    private static readonly Dictionary<int, string> Alerts = new()
    {
        [40] = "no common cipher",
        [42] = CertificateRefused,
        [43] = CertificateRefused,
        [44] = CertificateRefused,
        [45] = CertificateRefused,
        [46] = CertificateRefused,
        [48] = CertificateRefused,
        [49] = CertificateRefused,
        [51] = CertificateRefused, // it has another authority of the same name
        [70] = NoCommonVersion,
        [71] = "no common cipher",
        [112] = "server name unknown",
        [116] = CertificateWanted,
    };

    // No protocols available, unsupported protocol, wrong ssl version, wrong version number.
    private static readonly int[] VersionReasons = [191, 258, 266, 267];

    /// <summary>What is wrong with a server's certificate.</summary>
    public static string Of(
        X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, DateTime now, ServerWords words)
    {
        if (certificate is not X509Certificate2 server || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "no certificate";
        }

        var statuses = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (sum, one) => sum | one.Status) ?? default;
        const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.NotSignatureValid; // of another authority of that name
        return statuses.HasFlag(X509ChainStatusFlags.NotTimeValid) ? OfTime(server, now)
            : (statuses & Untrusted) != 0 ? With(UnknownAuthority, server.GetNameInfo(X509NameType.SimpleName, forIssuer: true), words)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? With(WrongName, NamesOf(server), words)
            : $"certificate refused: {statuses}";
    }

    /// <summary>What an exception of a handshake, or of a later exchange, means.</summary>
    public static string Of(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (OpenSslError().Match(cause.Message) is { Success: true } match)
            {
                var reason = int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0xfff;
                return VersionReasons.Contains(reason) ? NoCommonVersion
                    : Alerts.TryGetValue(reason - FirstAlert, out var known) ? known
                    : With("handshake failed", match.Groups[2].Value, ServerWords.WithoutSecrets);
            }
        }

        return With("handshake failed", failure.Message, ServerWords.WithoutSecrets);
    }

    /// <summary>A server's first bytes that are not TLS.</summary>
    public static string OfPlaintext(ReadOnlySpan<byte> bytes, ServerWords words)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        return With(Plaintext, Encoding.Latin1.GetString(end >= 0 ? bytes[..end] : bytes), words);
    }

    private static string OfTime(X509Certificate2 server, DateTime now) => server.NotBefore.ToUniversalTime() > now
        ? $"{NotYet}: {Day(server.NotBefore)}" : server.NotAfter.ToUniversalTime() < now ? $"{Expired}: {Day(server.NotAfter)}"
        : $"{Expired}: that of an authority";

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string NamesOf(X509Certificate2 server)
    {
        var names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => $"{address}"))).ToList();
        return names.Count > 0 ? string.Join(" ", names) : server.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }

    private static string With(string kind, string detail, ServerWords words)
    {
        var shown = words.Keep(detail, LongestDetail).Trim();
        return shown.Length == 0 ? kind : $"{kind}: {shown}";
    }

    [GeneratedRegex("error:([0-9A-Fa-f]{8}):[^:]*:[^:]*:([^:]*)")]
    private static partial Regex OpenSslError();
}
