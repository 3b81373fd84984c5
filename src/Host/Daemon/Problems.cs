using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Errors of the API: RFC 9457 problems, whatever went wrong.</summary>
internal static class Problems
{
    // An answer must not grow with what a stranger sends.
    private const int LongestText = 1000;

    /// <summary>A problem with a sentence for its reader.</summary>
    public static IResult Of(int status, string? detail = null) => Results.Problem(detail, statusCode: status);

    /// <summary>A problem that passes; the client is told to come again.</summary>
    public static IResult Busy(HttpContext context, int status, string detail)
    {
        context.Response.Headers.RetryAfter = "10";
        return Of(status, detail);
    }

    /// <summary>A run file that cannot be used, with what is wrong with it under <c>errors</c>, and under <c>more</c> how many errors
    /// are not listed.</summary>
    public static IResult Of(int status, SettingsException exception) => Results.Problem(
        exception.More > 0 ? $"the run file cannot be used; {exception.More} more errors are not listed" : "the run file cannot be used",
        statusCode: status,
        extensions: new Dictionary<string, object?>
        {
            ["errors"] = exception.Errors.Select(error => new
            {
                error.Line,
                Key = Cut(error.Key),
                Problem = Cut(error.Problem),
                Allowed = Cut(error.Allowed),
                Message = Cut(error.ToString()),
            }),
            ["more"] = exception.More,
        });

    private static string Cut(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}...";
}
