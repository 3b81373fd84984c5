using System.Text;
using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Targets;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>/runs</c>: start, list, look at and stop runs.</summary>
internal sealed class RunEndpoints(
    RunDesk desk, ResultsDirectory results, RunEvents events, RunIntake intake, LoadedConfiguration configuration, TimeProvider time,
    ILogger<RunEndpoints> log)
{
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(30);

    // Long results are built one after the other, so that only their readers wait.
    private readonly OwnThreads _disk = new("results", 2);

    public void Map(WebApplication app)
    {
        var runs = app.MapGroup("").AddEndpointFilter(RefuseWhenBusyAsync);
        runs.MapPost("/runs", (Delegate)StartAsync);
        runs.MapGet("/runs", async (CancellationToken stop) => Results.Ok(await OnDiskAsync(() => desk.Rows().ToArray(), stop)));
        runs.MapGet("/runs/{id}", ShowAsync);
        runs.MapGet("/runs/{id}/events", events.AnswerAsync);
        runs.MapDelete("/runs/{id}", StopAsync);
    }

    /// <summary>Checks a run's target; throws <see cref="SettingsException"/> if it may not be stormed.</summary>
    public Task<ITarget> TargetAsync(RunSettings settings, CancellationToken cancellation) =>
        Preflight.PrepareAsync(settings, problem => log.LogError("{Problem}", ForeignText.Shown(problem)), time, cancellation);

    private static async ValueTask<object?> RefuseWhenBusyAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ThreadsBusyException busy)
        {
            return Problems.Busy(context.HttpContext, StatusCodes.Status503ServiceUnavailable, busy.Message);
        }
        catch (AskTimeoutException)
        {
            return Problems.Busy(context.HttpContext, StatusCodes.Status503ServiceUnavailable, "the run manager does not answer");
        }
    }

    private Task<T> OnDiskAsync<T>(Func<T> work, CancellationToken stop) =>
        _disk.RunAsync(work, DiskLimit, Timeout.InfiniteTimeSpan, time, stop);

    private async Task<IResult> StartAsync(HttpContext context)
    {
        var (settings, problem) = await ReadAsync(context);
        if (settings is null)
        {
            return problem!;
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

    /// <summary>Reads and checks the run file. Frees its place at the end: later steps hold no body, and may wait for a name.</summary>
    private async Task<(RunSettings? Settings, IResult? Problem)> ReadAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        IDisposable? place = null;
        try
        {
            var (body, problem) = await RunBody.ReadAsync(context.Request, configuration.Settings.Daemon.MaxBody, EnterAsync, time);
            if (problem is not null || desk.IsStopping)
            {
                return (null, problem ?? Problems.Of(StatusCodes.Status503ServiceUnavailable, "the daemon is stopping"));
            }

            await EnterAsync();
            return (await intake.CheckAsync(body, stop), null);
        }
        catch (SettingsException exception)
        {
            return (null, Problems.Of(StatusCodes.Status400BadRequest, exception));
        }
        catch (DecoderFallbackException)
        {
            return (null, Problems.Of(StatusCodes.Status400BadRequest, "the body is not UTF-8 text"));
        }
        catch (TimeoutException)
        {
            return (null, Problems.Of(
                StatusCodes.Status400BadRequest,
                $"the run file takes longer than {RunIntake.CheckLimit.TotalSeconds:0} s to check: make it shorter"));
        }
        finally
        {
            place?.Dispose();
        }

        async Task EnterAsync() => place ??= await intake.EnterAsync(stop);
    }

    private async Task<IResult> SubmitAsync(HttpContext context, RunSettings settings, ITarget target)
    {
        var daemon = configuration.Settings.Daemon;
        try
        {
            var (id, refusal) = await desk.SubmitAsync(settings, target, new RunProtocol.RunLimits(daemon.MaxDuration, daemon.MaxWait));
            return refusal is null
                ? Results.Accepted($"/runs/{id}", new { Id = id })
                : Problems.Busy(context, StatusCodes.Status429TooManyRequests, refusal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The message holds a path of this machine, so it goes to the log only.
            log.LogError(exception, "a run was refused: its results cannot be written");
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "results cannot be written now");
        }
    }

    private async Task<IResult> ShowAsync(string id, CancellationToken stop)
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
                Snapshot = run.Last is { } last ? new ReadyJson(RunResultJson.Serialize(last)) : null,
            });
        }

        return await OnDiskAsync(() => ShowStored(id, stop), stop);
    }

    private IResult ShowStored(string id, CancellationToken stop)
    {
        if (results.Find(id) is not { } row)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "there is no such run");
        }

        try
        {
            return row.State == RunState.Failed ? Results.Ok(row) : Results.Stream(results.Result(id, stop), "application/json");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            log.LogError(exception, "the result of run {Id} cannot be read", id);
            return Results.Ok(ResultsDirectory.Failed(id));
        }
    }

    private async Task<IResult> StopAsync(string id, CancellationToken stop)
    {
        if (desk.Find(id) is not null && await desk.StopAsync(id, StopReason.Request))
        {
            return Results.Accepted($"/runs/{id}", new { Id = id });
        }

        return await OnDiskAsync(() => results.Find(id), stop) is null
            ? Problems.Of(StatusCodes.Status404NotFound, "there is no such run")
            : Problems.Of(StatusCodes.Status409Conflict, "the run has already ended");
    }
}
