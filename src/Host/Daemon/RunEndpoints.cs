using System.Text.Json.Nodes;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Targets;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using ActorLoad.Runs.Configuration;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>/runs</c>: start, list, look at and stop runs.</summary>
internal sealed class RunEndpoints(RunDesk desk, ResultsDirectory results, LoadedConfiguration configuration, ILogger<RunEndpoints> log)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/runs", (Delegate)StartAsync);
        app.MapGet("/runs", () => Results.Ok(desk.Rows()));
        app.MapGet("/runs/{id}", Show);
        app.MapDelete("/runs/{id}", StopAsync);
    }

    /// <summary>Checks a target that a run names; throws <see cref="SettingsException"/> if it may not be stormed.</summary>
    public Task<ITarget> TargetAsync(RunSettings settings, CancellationToken cancellation) =>
        Preflight.PrepareAsync(settings, problem => log.LogError("{Problem}", ForeignText.Shown(problem)), cancellation);

    private async Task<IResult> StartAsync(HttpContext context)
    {
        var (file, problem) = await RunBody.ReadAsync(context.Request, configuration.Settings.Daemon.MaxBody);
        if (file is null)
        {
            return problem!;
        }

        if (desk.IsStopping)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "the daemon is stopping");
        }

        RunSettings settings;
        try
        {
            settings = ConfigLoader.LoadStranger(file, configuration).Settings;
        }
        catch (SettingsException exception)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, exception);
        }

        try
        {
            return await SubmitAsync(context, settings, await TargetAsync(settings, context.RequestAborted));
        }
        catch (SettingsException exception)
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, exception);
        }
    }

    private async Task<IResult> SubmitAsync(HttpContext context, RunSettings settings, ITarget target)
    {
        try
        {
            var (id, refusal) = await desk.SubmitAsync(settings, target);
            if (refusal is null)
            {
                return Results.Accepted($"/runs/{id}", new { Id = id });
            }

            context.Response.Headers.RetryAfter = "10";
            return Problems.Of(StatusCodes.Status429TooManyRequests, refusal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its message holds a path of this machine: that is for the log.
            log.LogError(exception, "a run was refused: its results cannot be written");
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "results cannot be written now");
        }
    }

    private IResult Show(string id)
    {
        if (desk.Find(id) is { } run)
        {
            return Results.Ok(new
            {
                run.Id,
                run.Row.State,
                run.QueuedAt,
                StartedAt = run.Begun?.At,
                run.Begun?.Target,
                run.Begun?.Transport,
                Snapshot = run.Last is { } last ? JsonNode.Parse(RunResultJson.Serialize(last)) : null,
            });
        }

        return results.Find(id) switch
        {
            null => Problems.Of(StatusCodes.Status404NotFound, "there is no such run"),
            { State: RunState.Failed } row => Results.Ok(row),
            _ => Results.Text(results.Result(id), "application/json"),
        };
    }

    private async Task<IResult> StopAsync(string id)
    {
        if (desk.Find(id) is not null && await desk.StopAsync(id, StopReason.Request))
        {
            return Results.Accepted($"/runs/{id}", new { Id = id });
        }

        return results.Find(id) is null
            ? Problems.Of(StatusCodes.Status404NotFound, "there is no such run")
            : Problems.Of(StatusCodes.Status409Conflict, "the run is over already");
    }
}
