using System.Net;
using System.Security.Cryptography;
using System.Text;
using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Who may talk to the daemon: holders of its token if it has one; without one, this machine, but no web page in its browser.</summary>
internal static class Gate
{
    private const string Scheme = "Bearer ";

    // Probes hold no token, and learn nothing but a word.
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

        // Hashed first, so that not even the length of the token can be told from the time that this takes.
        if (CryptographicOperations.FixedTimeEquals(Hash(given), Hash(token)))
        {
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(StatusCodes.Status401Unauthorized, "this daemon wants its bearer token");
    }

    /// <summary>A page from elsewhere can make a browser send requests here, or have its own name resolve to 127.0.0.1.</summary>
    private static IResult? RefuseStrangers(HttpRequest request, ConnectionInfo connection)
    {
        var isLocal = IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress); // whatever the headers say
        return isLocal && IsOwnOrigin(request) && IsThisMachine(request.Host.Host)
            ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "without a token this daemon serves its own machine only");
    }

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True for localhost and loopback addresses, in any case, and with the dot that ends a full name.</summary>
    internal static bool IsThisMachine(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
