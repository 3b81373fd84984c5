using System.Globalization;

namespace ActorLoad.Configuration;

/// <summary>A host, by name or address, and a port.</summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct TargetEndpoint(string Host, int Port)
{
    public const string Allowed = "HOST:PORT, [IPv6]:PORT or \"embedded\" alone";

    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>; the name is not looked up.</summary>
    public static bool TryParse(string text, out TargetEndpoint endpoint, out string problem)
    {
        endpoint = default;
        problem = "";
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
