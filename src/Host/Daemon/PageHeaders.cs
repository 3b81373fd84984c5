namespace ActorLoad.Hosting.Daemon;

/// <summary>What every answer says to a browser: load nothing from elsewhere, run no script but the daemon's files, and be in no
/// frame.</summary>
internal static class PageHeaders
{
    // Plotly makes a style element without content, and fills it through the CSSOM: the hash is that of nothing.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
        + "img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void UsePageHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin"; // no-referrer would make a form's Origin null
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store"; // numbers of servers; assets say otherwise
        return next(context);
    });
}
