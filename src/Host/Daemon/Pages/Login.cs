namespace ActorLoad.Hosting.Daemon.Pages;

/// <summary><c>/login</c> and <c>/logout</c>: a session of the page for the daemon's token.</summary>
internal sealed class Login(Sessions sessions, TokenCheck? token)
{
    /// <summary>The path of the login.</summary>
    public const string Path = "/login";

    private const int LongestForm = 8 << 10;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context, string? to) => token is null || sessions.IsOpen(context)
            ? Task.FromResult(Results.LocalRedirect("/"))
            : ShowAsync(StatusCodes.Status200OK, to ?? ""));
        routes.MapPost(Path, (Delegate)EnterAsync);
        routes.MapPost("/logout", (HttpContext context) =>
        {
            Sessions.Close(context);
            return Results.LocalRedirect(token is null ? "/" : Path);
        });
    }

    /// <summary>Sends a browser to the login, and back afterwards.</summary>
    public static IResult Redirect(HttpRequest request) =>
        Results.LocalRedirect($"{Path}{QueryString.Create("to", $"{request.Path}{request.QueryString}")}");

    private async Task<IResult> EnterAsync(HttpContext context)
    {
        if (token is null)
        {
            return Results.LocalRedirect("/");
        }

        if (!Gate.IsFromOwnPage(context.Request))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "a login comes from the login page of this daemon");
        }

        if (await FormAsync(context.Request) is not { } form)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "a login is a form with a token");
        }

        var to = form["to"].ToString();
        switch (token.Judge(form["token"].ToString().Trim(), context.Connection.RemoteIpAddress))
        {
            case TokenAnswer.Right:
                sessions.Open(context);
                return Results.LocalRedirect(IsLocal(to) ? to : "/");
            case TokenAnswer.TooMany:
                context.Response.Headers.RetryAfter = "1";
                return await ShowAsync(
                    StatusCodes.Status429TooManyRequests, to, "Too many wrong tokens came from this address. Wait a few seconds.");
            default:
                return await ShowAsync(StatusCodes.Status401Unauthorized, to, "This is not the token of this daemon.");
        }
    }

    /// <summary>The fields; null if the body is no form, or too long for one.</summary>
    private static async Task<IFormCollection?> FormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || request.ContentLength is null or > LongestForm)
        {
            return null;
        }

        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException) // or it broke off
        {
            return null;
        }
    }

    private static async Task<IResult> ShowAsync(int status, string to, string? problem = null) => await PageResult.OfAsync<LoginPage>(
        new Dictionary<string, object?> { [nameof(LoginPage.To)] = IsLocal(to) ? to : "/", [nameof(LoginPage.Problem)] = problem }, status);

    // Two slashes, or a slash and a backslash, would lead to another machine.
    private static bool IsLocal(string to) =>
        to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal) && !to.Any(letter => letter is '\\' || char.IsControl(letter));
}
