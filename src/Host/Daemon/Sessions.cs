using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Sessions of the page after a login. The daemon stores none: a cookie is a sealed random number with its end, and says nothing
/// about the token. The keys live in memory, so a restart ends all sessions.</summary>
internal sealed class Sessions
{
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    private readonly ITimeLimitedDataProtector _seal =
        new EphemeralDataProtectionProvider().CreateProtector("session of the page").ToTimeLimitedDataProtector();

    /// <summary>Gives the browser a new session.</summary>
    public void Open(HttpContext context) => context.Response.Cookies.Append(
        Name(context), _seal.Protect(RandomNumberGenerator.GetHexString(32), Lasts), Options(context, Lasts));

    /// <summary>Takes the session from the browser.</summary>
    public static void Close(HttpContext context) => context.Response.Cookies.Delete(Name(context), Options(context, null));

    /// <summary>True if the request belongs to a session.</summary>
    public bool IsOpen(HttpContext context)
    {
        try
        {
            return context.Request.Cookies[Name(context)] is { } sealedNumber && _seal.Unprotect(sealedNumber).Length > 0;
        }
        catch (CryptographicException)
        {
            return false; // forged, too old, or of an earlier daemon
        }
    }

    // A browser has one jar for all ports of a machine.
    private static string Name(HttpContext context) => $"actorload-{context.Connection.LocalPort}";

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        // Before a proxy that ends TLS, only the browser knows that it speaks https.
        Secure = context.Request.IsHttps
            || context.Request.Headers.Origin.ToString().StartsWith("https:", StringComparison.OrdinalIgnoreCase),
        MaxAge = age,
        Path = "/",
    };
}
