using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Runs;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary><c>/runs</c>: start, list, look at and stop runs.</summary>
internal sealed class RunEndpoints(
    RunDesk desk, ResultsDirectory results, RunReading reading, LoadedConfiguration configuration, TimeProvider time,
    ILogger<RunEndpoints> log)
{
    private static readonly TimeSpan DiskLimit = TimeSpan.FromSeconds(30);

    // Long results are built one after the other, so that only their readers wait.
    private readonly OwnThreads _disk = new("results", 2);

    public void Map(IEndpointRouteBuilder runs)
    {
        runs.MapPost("/runs", (Delegate)StartAsync);
        runs.MapGet("/runs", async (CancellationToken stop) => Results.Ok(await OnDiskAsync(() => desk.Rows().ToArray(), stop)));
        runs.MapGet("/runs/{id}", ShowAsync);
        runs.MapDelete("/runs/{id}", StopAsync);
        runs.MapDelete("/runs/{id}/results", RemoveAsync);
    }

    private Task<T> OnDiskAsync<T>(Func<T> work, CancellationToken stop) =>
        _disk.RunAsync(work, DiskLimit, Timeout.InfiniteTimeSpan, time, stop);

    private async Task<IResult> StartAsync(HttpContext context)
    {
        var (settings, problem) = await reading.ReadAsync(context);
        if (settings is null)
        {
            return problem!;
        }

        try
        {
            return await SubmitAsync(context, settings, await reading.TargetAsync(settings, context.RequestAborted));
        }
        catch (SettingsException exception)
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, exception);
        }
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

    private async Task<IResult> RemoveAsync(string id, CancellationToken stop)
    {
        if (desk.Find(id) is not null)
        {
            return Problems.Of(StatusCodes.Status409Conflict, "the run waits or goes on: stop it first (DELETE /runs/ID)");
        }

        try
        {
            return await OnDiskAsync(() => results.Delete(id), stop)
                ? Results.NoContent()
                : Problems.Of(StatusCodes.Status404NotFound, "there is no such run");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.LogError(exception, "the files of run {Id} cannot be deleted", id);
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "the files of the run cannot be deleted: the daemon's log says why");
        }
    }
}
