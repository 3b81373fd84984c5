using System.Text;
using ActorLoad.Configuration;
using ActorLoad.Hosting.Targets;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Reads and checks the run file of a request.</summary>
internal sealed class RunReading(
    RunDesk desk, RunIntake intake, LoadedConfiguration configuration, TimeProvider time, ILogger<RunReading> log)
{
    /// <summary>The settings of the run file, or the problem with the request or the file.</summary>
    public async Task<(RunSettings? Settings, IResult? Problem)> ReadAsync(HttpContext context)
    {
        try
        {
            return await CheckAsync(context);
        }
        catch (SettingsException exception)
        {
            return (null, Problems.Of(StatusCodes.Status400BadRequest, exception));
        }
    }

    /// <summary>The settings of the run file, or the problem with the request. Throws <see cref="SettingsException"/> if the run file
    /// cannot be used. Frees its place at the end: later steps hold no body, and may wait for a name.</summary>
    public async Task<(RunSettings? Settings, IResult? Problem)> CheckAsync(HttpContext context)
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

    /// <summary>Checks a run's target; throws <see cref="SettingsException"/> if it may not be stormed.</summary>
    public Task<ITarget> TargetAsync(RunSettings settings, CancellationToken cancellation) =>
        Preflight.PrepareAsync(settings, problem => log.LogError("{Problem}", ForeignText.Shown(problem)), time, cancellation);
}
