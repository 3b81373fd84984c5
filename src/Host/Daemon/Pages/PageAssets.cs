using ActorLoad.Hosting.Reports;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>The files that pages are drawn with, all embedded in this program. Their addresses change with the program, so a browser keeps
/// them.</summary>
internal static class PageAssets
{
    /// <summary>Where they are. They hold no secret, and the login page needs them.</summary>
    public const string Folder = "/assets";

    private static readonly string Version = typeof(PageAssets).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..12];

    /// <summary>The pages' own script.</summary>
    public static Asset Script { get; } = new("page.js", "text/javascript");

    /// <summary>The pages' own styles, over those of the report.</summary>
    public static Asset Styles { get; } = new("page.css", "text/css");

    private static readonly Asset[] All = [Script, Styles, ReportAssets.Plotly, ReportAssets.Script, ReportAssets.Styles];

    /// <summary>The address of a file.</summary>
    public static string Url(Asset asset) => $"{Folder}/{asset.Name}?{Version}";

    /// <summary>Serves them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var asset in All)
        {
            routes.MapGet($"{Folder}/{asset.Name}", (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Text(asset.Text, $"{asset.Type}; charset=utf-8");
            });
        }
    }
}
