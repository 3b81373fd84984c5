using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Daemon;

/// <summary>A waiting or running run of this process. Its follower writes it, requests read it.</summary>
internal sealed class LiveRun(string id, DateTimeOffset queuedAt, ILogger log) : IRunView
{
    private volatile RunProtocol.RunStarted? _started;
    private volatile RunSnapshot? _last;
    private TaskCompletionSource _changed = NextChange();

    public string Id => id;

    public DateTimeOffset QueuedAt => queuedAt;

    /// <summary>Null while the run waits.</summary>
    public RunProtocol.RunStarted? Begun => _started;

    /// <summary>The newest interval; null before the first one ends.</summary>
    public RunSnapshot? Last => _last;

    /// <summary>Ends with the next interval, and when the run is no longer waiting or running.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>The run's row in the list.</summary>
    public RunRow Row => new(id, _started is null ? RunState.Queued : RunState.Running, null, queuedAt, _started?.At, null)
    {
        Target = _started is { } started ? string.Join(", ", started.Target.Endpoints) : null,
        Planned = _last?.Connections.Planned,
        Succeeded = _last?.Connections.Succeeded,
    };

    public void Started(RunProtocol.RunStarted started)
    {
        _started = started;
        if (started.Transport.IsFallback)
        {
            log.LogWarning("run {Id} uses {Kind}: {Reason}", id, started.Transport.Kind, ForeignText.Shown(started.Transport.Reason));
        }
    }

    public void Measured(RunSnapshot snapshot)
    {
        _last = snapshot;
        Change();
    }

    /// <summary>Tells those who wait for <see cref="Changed"/>.</summary>
    public void Change() => Interlocked.Exchange(ref _changed, NextChange()).SetResult();

    public void Ended(RunProtocol.RunEnded ended)
    {
        if (ended.Error is { } error && !StopReason.Is(error))
        {
            log.LogError("run {Id} has no result: {Error}", id, ForeignText.Shown(error));
        }
    }

    public void FilesLost(string problem) =>
        log.LogError("the files of run {Id} are not complete: {Problem}", id, ForeignText.Shown(problem));

    private static TaskCompletionSource NextChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
