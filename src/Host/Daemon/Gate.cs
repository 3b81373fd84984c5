using System.Net;
using System.Security.Cryptography;
using System.Text;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Admits holders of the daemon's token. A daemon without a token admits this machine, but no web page in its browser.</summary>
internal static class Gate
{
    private const string Scheme = "Bearer ";

    // Probes hold no token, and get only one word.
    private static readonly PathString[] Open = ["/healthz", "/readyz"];

    public static void UseGate(this WebApplication app, DaemonSettings daemon) => app.Use((context, next) =>
    {
        var refusal = Open.Contains(context.Request.Path) ? null
            : daemon.Token.Length > 0 ? RefuseWithoutToken(context, daemon.Token)
            : RefuseStrangers(context.Request, context.Connection);
        return refusal?.ExecuteAsync(context) ?? next(context);
    });

    private static IResult? RefuseWithoutToken(HttpContext context, string token)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var given = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";

        // Hashed first, so that the time of the comparison does not tell even the token's length.
        if (CryptographicOperations.FixedTimeEquals(Hash(given), Hash(token)))
        {
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(StatusCodes.Status401Unauthorized, "this daemon needs its bearer token");
    }

    /// <summary>A foreign web page can make a browser send requests here, or resolve its own name to 127.0.0.1.</summary>
    private static IResult? RefuseStrangers(HttpRequest request, ConnectionInfo connection)
    {
        var isLocal = IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress); // headers cannot change this
        return isLocal && IsOwnOrigin(request) && IsThisMachine(request.Host.Host)
            ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "without a token this daemon serves only its own machine");
    }

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True for localhost and loopback addresses, in any case, also with a final dot.</summary>
    internal static bool IsThisMachine(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
