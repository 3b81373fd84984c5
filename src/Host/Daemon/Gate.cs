using System.Net;
using ActorLoad.Hosting.Daemon.Pages;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Admits holders of the daemon's token: by the header of each request, or by a session of the page. A daemon without a token
/// admits this machine, but no foreign web page in its browser.</summary>
internal sealed class Gate(TokenCheck? token, Sessions sessions)
{
    private const string Scheme = "Bearer ";
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    // Probes hold no token, and get only one word.
    private static readonly PathString[] Open = ["/healthz", "/readyz"];

    /// <summary>True if a token is needed.</summary>
    public bool HasToken => token is not null;

    /// <summary>Passes a request on, or answers it.</summary>
    public Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var refusal = token is null ? RefuseStrangers(context)
            : Open.Contains(path) || path == Login.Path || path.StartsWithSegments(PageAssets.Folder) ? null
            : RefuseWithoutToken(context, token);
        return refusal?.ExecuteAsync(context) ?? next(context);
    }

    /// <summary>True if a page of this daemon makes the request: a browser names the page in every request that changes something. Not by
    /// the scheme, because a proxy that ends TLS does not tell it.</summary>
    public static bool IsFromOwnPage(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
        && origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase)
        && origin.Port == (request.Host.Port ?? (origin.Scheme == Uri.UriSchemeHttps ? HttpsPort : HttpPort));

    private IResult? RefuseWithoutToken(HttpContext context, TokenCheck check)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return check.Judge(header[Scheme.Length..].Trim(), context.Connection.RemoteIpAddress) switch
            {
                TokenAnswer.Right => null,
                TokenAnswer.TooMany => Problems.TooManyTokens(context),
                _ => Unauthorized(context, "the token is wrong: it is not the daemon.token of this daemon"),
            };
        }

        if (!sessions.IsOpen(context))
        {
            return PageResult.IsWanted(context.Request) ? Login.Redirect(context.Request)
                : Unauthorized(context, "this daemon needs its bearer token, or a login of the page");
        }

        var method = context.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || IsFromOwnPage(context.Request) ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "the session of a page counts only for requests of that page");
    }

    /// <summary>A foreign web page can make a browser send requests here, or resolve its own name to 127.0.0.1.</summary>
    private static IResult? RefuseStrangers(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        var isProbe = Open.Contains(request.Path);
        var isLocal = IsLoopback(connection.RemoteIpAddress) && IsLoopback(connection.LocalIpAddress); // headers cannot change this
        var isOwn = request.Headers.Origin.Count == 0 || IsFromOwnPage(request);
        return isProbe || (isLocal && isOwn && IsThisMachine(request.Host.Host))
            ? null
            : Problems.Of(StatusCodes.Status403Forbidden, "without a token this daemon serves only its own machine");
    }

    private static IResult Unauthorized(HttpContext context, string detail)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Of(StatusCodes.Status401Unauthorized, detail);
    }

    /// <summary>True for localhost and loopback addresses, in any case, also with a final dot.</summary>
    internal static bool IsThisMachine(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);
}
