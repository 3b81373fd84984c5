using ActorLoad.Runs.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Errors of the API: RFC 9457 problems, whatever went wrong.</summary>
internal static class Problems
{
    /// <summary>A problem with a sentence for its reader.</summary>
    public static IResult Of(int status, string? detail = null) => Results.Problem(detail, statusCode: status);

    /// <summary>A run file that cannot be used, with what is wrong with it under <c>errors</c>, and under <c>more</c> how many errors
    /// are not listed.</summary>
    public static IResult Of(int status, SettingsException exception) => Results.Problem(
        "the run file cannot be used",
        statusCode: status,
        extensions: new Dictionary<string, object?>
        {
            ["errors"] = exception.Errors.Select(error => new { error.Line, error.Key, error.Problem, error.Allowed, Message = error.ToString() }),
            ["more"] = exception.More,
        });
}
