using ActorLoad.Hosting.Reports;
using Microsoft.AspNetCore.Components;

namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary>Answers that are pages.</summary>
internal static class PageResult
{
    /// <summary>A component as an answer.</summary>
    public static async Task<IResult> OfAsync<TComponent>(Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK)
        where TComponent : IComponent =>
        Results.Content(await ReportFile.RenderAsync<TComponent>(parameters), "text/html; charset=utf-8", statusCode: status);

    /// <summary>True if a person looks at the answer.</summary>
    public static bool IsWanted(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
