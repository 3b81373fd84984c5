using ActorLoad.Runs;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorLoad.Hosting.Daemon;

/// <summary>Says whether the daemon can take a run now. Only one probe at a time tests the disk, however many requests come.</summary>
internal sealed class Readiness(RunDesk desk, ResultsDirectory results, TimeProvider time) : IAkkaHealthCheck
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    // Age up to which the last answer of the disk counts.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    private readonly OwnThreads _disk = new("probe", 1);
    private readonly Lock _lock = new();
    private Task<bool> _probe = Task.FromResult(false);
    private long? _probedAt;

    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default) =>
        desk.IsStopping ? HealthCheckResult.Unhealthy("stopping")
        : !await IsWritableAsync() ? HealthCheckResult.Unhealthy("results cannot be written")
        : !await desk.AnswersAsync() ? HealthCheckResult.Unhealthy("the run manager does not answer")
        : HealthCheckResult.Healthy();

    private Task<bool> IsWritableAsync()
    {
        lock (_lock)
        {
            if (_probedAt is not { } at || (_probe.IsCompleted && time.GetElapsedTime(at) > Fresh))
            {
                (_probedAt, _probe) = (time.GetTimestamp(), ProbeAsync());
            }

            return _probe;
        }
    }

    private async Task<bool> ProbeAsync()
    {
        try
        {
            return await _disk.RunAsync(results.IsWritable, AnswerLimit, AnswerLimit, time, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or ThreadsBusyException)
        {
            return false; // the disk hangs
        }
    }
}
