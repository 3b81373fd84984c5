using System.Net;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>daemon</c>.</summary>
internal static class DaemonReader
{
    private static readonly Uri Fallback = new("http://127.0.0.1:8471");

    /// <summary>The settings of the daemon; never null, but worthless if a problem was noted.</summary>
    public static DaemonSettings Read(SettingsReader daemon)
    {
        var url = daemon.Text("url", UrlProblem);
        var token = daemon.Secret("token", TokenProblem);
        var results = daemon.Text("results", ResultsProblem);
        var maxBody = daemon.Size("max-body", "1KiB", "16MiB");
        var maxQueue = daemon.Integer("max-queue", 0, 10_000);
        var maxDuration = daemon.Duration("max-duration", "1s", "30d");
        var maxWait = daemon.Duration("max-wait", "1s", "30d");
        var parsed = url is null ? Fallback : new Uri(url);
        if (token is "" && url is not null && !IsLoopback(parsed))
            daemon.Contradiction("url", "token", "the address is not loopback and there is no token",
                "a loopback address, or a daemon.token that every request must carry");
        return new DaemonSettings(parsed, token ?? "", results ?? "", maxBody ?? default, maxQueue ?? default,
            maxDuration ?? default, maxWait ?? default);
    }

    private static bool IsLoopback(Uri url) =>
        url.IdnHost.TrimEnd('.') == "localhost" || (IPAddress.TryParse(url.IdnHost, out var address) && IPAddress.IsLoopback(address));

    private static (string Problem, string Allowed)? UrlProblem(string text)
    {
        const string Allowed =
            "http://ADDRESS:PORT, such as http://127.0.0.1:8471, or a name of this machine; 0.0.0.0 stands for all its addresses";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            return ("not a URL", Allowed);
        if (url.Scheme != Uri.UriSchemeHttp)
            return ($"unknown scheme {ShownText.Quote(url.Scheme)}", Allowed);
        return url.PathAndQuery != "/" || url.UserInfo.Length > 0 || url.Fragment.Length > 0 ? ("more than an address and a port", Allowed)
            : null;
    }

    private static (string Problem, string Allowed)? TokenProblem(string token) =>
        token.Length > 1000 || token.Any(character => character is <= ' ' or > '~')
            ? ("not a token for an HTTP header", "at most 1000 visible ASCII characters")
            : null;

    private static (string Problem, string Allowed)? ResultsProblem(string directory) =>
        string.IsNullOrWhiteSpace(directory) || directory.Contains('\0', StringComparison.Ordinal)
            ? ("not a directory", "the path of a directory") : null;
}
