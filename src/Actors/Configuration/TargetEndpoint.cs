using System.Globalization;
using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>A host, by name or address, and a port; or a Unix socket.</summary>
/// <param name="Host">Without brackets; empty for a Unix socket.</param>
/// <param name="Port">1 to 65535; 0 for a Unix socket.</param>
/// <param name="Path">The path of a Unix socket, absolute and without <c>..</c>; null for TCP.</param>
internal readonly record struct TargetEndpoint(string Host, int Port, string? Path = null)
{
    public const string Allowed = "HOST:PORT, [IPv6]:PORT, \"unix:/PATH\" or \"embedded\" alone";

    // sun_path of struct sockaddr_un has 108 bytes with the zero at its end.
    private const int LongestPath = 107;

    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c> or <c>unix:/path</c>; the name is not looked up, and the path neither.</summary>
    public static bool TryParse(string text, out TargetEndpoint endpoint, out string problem)
    {
        endpoint = default;
        problem = "";
        if (Endpoint.IsUnix(text))
            return TryPath(text[Endpoint.UnixScheme.Length..], out endpoint, out problem);
        var shown = ShownText.Quote(WithoutUser(text));
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = text.IndexOf(':', bracket + 1);
        if (text.Contains("://", StringComparison.Ordinal))
            problem = $"{shown} is a URL";
        else if (text.StartsWith('[') && (bracket < 0 || !text.Contains(':', StringComparison.Ordinal)))
            problem = $"{shown} has an open bracket";
        else if (colon < 0)
            problem = $"{shown} has no port";
        else if (text.IndexOf(':', colon + 1) >= 0)
            problem = $"{shown} has more than one colon; an IPv6 address needs brackets";
        if (problem.Length > 0)
            return false;

        var host = bracket > 0 ? text[1..bracket] : text[..colon];
        if ((bracket > 0 && (colon != bracket + 1 || !IsIPv6(host))) || !IsHost(host, bracket > 0))
            problem = $"{shown} has no usable host";
        else if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
            problem = $"{shown} has no port from 1 to 65535";
        else
            endpoint = new TargetEndpoint(host, port);
        return problem.Length == 0;
    }

    private static bool TryPath(string path, out TargetEndpoint endpoint, out string problem)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        problem = !path.StartsWith('/') ? $"{ShownText.Quote(Endpoint.UnixScheme + path)} has no path that begins with /"
            : path.Contains('\0', StringComparison.Ordinal) ? "the path of a Unix socket holds a zero"
            : bytes > LongestPath ? $"the path of the Unix socket has {bytes} bytes, and the kernel takes {LongestPath} at most" : "";
        endpoint = problem.Length > 0 ? default : new TargetEndpoint("", 0, System.IO.Path.GetFullPath(path));
        return problem.Length == 0;
    }

    // Hides user and password of a URL such as redis://user:password@host.
    private static string WithoutUser(string text)
    {
        var (at, start) = (text.LastIndexOf('@'), text.IndexOf("://", StringComparison.Ordinal));
        return at < 0 ? text : $"{(start >= 0 && start < at ? text[..(start + 3)] : "")}{Metrics.Secrets.Mask}{text[at..]}";
    }

    private static bool IsIPv6(string host) =>
        System.Net.IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    private static bool IsHost(string host, bool bracketed) =>
        bracketed || (host.Length is > 0 and <= 253 && host.All(character => char.IsAsciiLetterOrDigit(character)
            || character is '-' or '.' or '_'));
}
