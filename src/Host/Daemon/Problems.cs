using ActorLoad.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Errors of the API, all as RFC 9457 problems.</summary>
internal static class Problems
{
    // A client's text must not make the answer grow.
    private const int LongestText = 1000;

    /// <summary>A problem with a sentence.</summary>
    public static IResult Of(int status, string? detail = null) => Results.Problem(detail, statusCode: status);

    /// <summary>A temporary problem, with the time to try again.</summary>
    public static IResult Busy(HttpContext context, int status, string detail)
    {
        context.Response.Headers.RetryAfter = "10";
        return Of(status, detail);
    }

    /// <summary>An unusable run file: its errors under <c>errors</c>, and the number of unlisted errors under <c>more</c>.</summary>
    public static IResult Of(int status, SettingsException exception) => Results.Problem(
        exception.More > 0 ? $"the run file cannot be used; {exception.More} more errors are not listed" : "the run file cannot be used",
        statusCode: status,
        extensions: new Dictionary<string, object?>
        {
            ["errors"] = Errors(exception),
            ["more"] = exception.More,
        });

    /// <summary>The errors of a run file, as the API writes them. The source <c>request</c> is the body.</summary>
    public static IEnumerable<object> Errors(SettingsException exception) => exception.Errors.Select(error => new
    {
        error.Source,
        error.Line,
        Key = Cut(error.Key),
        Problem = Cut(error.Problem),
        Allowed = Cut(error.Allowed),
        Message = Cut(error.ToString()),
    });

    /// <summary>The answer to a token that was not looked at.</summary>
    public static IResult TooManyTokens(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Of(StatusCodes.Status429TooManyRequests, "too many wrong tokens came from this address: it may try one each second");
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}...";
}
