using ActorLoad.Configuration;
using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>Carries out runs one at a time, in the order of their arrival; the rest queue.</summary>
/// <remarks><code>
/// StartRun -> queued -> (turn) target opens -> RunStarted, LoadSupervisor -> RunEnded -> target disposed -> next
///   StopRun, or a limit is over -> stopping; no RunEnded in time -> ended without a result, because its loop is blocked: the next run
///   gets another loop
/// </code></remarks>
public sealed class RunManager : UntypedActor, IWithTimers
{
    // Longer than the end of a load supervisor.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly int _maxQueue;
    private readonly Func<RunOrder, IRunResources> _createResources;
    private readonly TimeProvider _time;
    private readonly LinkedList<StartRun> _queue = new();
    private readonly Dictionary<IActorRef, IRunResources> _leaving = []; // supervisors of ended runs that have not stopped yet
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private StartRun? _active;
    private IActorRef? _supervisor;
    private IRunResources? _resources;
    private CancellationTokenSource? _opening;
    private Task<object>? _opened;
    private string? _stopReason;

    /// <summary>Made by <c>Props</c>.</summary>
    public RunManager(int maxQueue, Func<RunOrder, IRunResources> createResources, TimeProvider time) =>
        (_maxQueue, _createResources, _time) = (maxQueue, createResources, time);

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A manager with room for <paramref name="maxQueue"/> waiting runs, which storm over real loops.</summary>
    public static Props Props(int maxQueue, ITransportFactory transports, TimeProvider time) =>
        Props(maxQueue, order => new RunResources(order, transports), time);

    /// <summary>The same with resources of the caller's own.</summary>
    public static Props Props(int maxQueue, Func<RunOrder, IRunResources> createResources, TimeProvider time) =>
        Akka.Actor.Props.Create<RunManager>(maxQueue, createResources, time);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartRun start: HandleStart(start); break;
            case StopRun stop: HandleStop(stop); break;
            case GetRuns: Sender.Tell(new ActiveRuns(_active?.RunId, [.. _queue.Select(run => run.RunId)])); break;
            case RunTarget.Opened opened: HandleTargetOpened(opened); break;
            case RunTarget.Failed failed: EndActive(null, _stopReason ?? failed.Reason); break;
            case RunEnded ended when ended.RunId == _active?.RunId: EndActive(ended.Result, ended.Error); break;
            case RunEnded: break; // of a run that was given up
            case StopOverdue overdue: HandleStopOverdue(overdue); break;
            case WaitOver over: HandleWaitOver(over); break;
            case DurationOver over: HandleDurationOver(over); break;
            case Terminated gone: HandleTerminated(gone.ActorRef); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>A supervisor that fails is a bug, and ends its run.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    /// <summary>Disposes every target, and ends every listener's wait.</summary>
    protected override void PostStop()
    {
        _opening?.Cancel();
        StartRun[] left = _active is { } active ? [active, .. _queue] : [.. _queue];
        foreach (var run in left)
        {
            End(run, null, "ActorLoad was shut down", run == _active ? _opened : null);
        }
    }

    private void HandleStart(StartRun start)
    {
        if (_active is not null && _queue.Count >= _maxQueue)
        {
            Sender.Tell(new RunRefused(start.RunId, $"the queue is full: {_queue.Count} runs wait already"));
            return;
        }

        Sender.Tell(new RunQueued(start.RunId, _queue.Count + (_active is null ? 0 : 1)));
        _queue.AddLast(start);
        StartTimer(start, start.Limits?.MaxWait, new WaitOver(start.RunId));
        StartNext();
    }

    private void StartNext()
    {
        if (_active is not null || _queue.First?.Value is not { } next)
        {
            return;
        }

        _queue.RemoveFirst();
        StartTimer(next, next.Limits?.MaxDuration, new DurationOver(next.RunId));
        (_active, _stopReason, _opening) = (next, null, new CancellationTokenSource());
        _opened = RunTarget.OpenAsync(next, _opening.Token);
        _opened.PipeTo(Self);
    }

    /// <summary>Starts the one timer of a run, which bounds its wait, its duration or its stop.</summary>
    private void StartTimer(StartRun run, TimeSpan? limit, object message)
    {
        Timers.Cancel(run.RunId);
        if (limit is { } span)
        {
            Timers.StartSingleTimer(run.RunId, message, span);
        }
    }

    private void HandleTargetOpened(RunTarget.Opened opened)
    {
        if (_active is not { } run || run.RunId != opened.RunId)
        {
            return; // of a run that an earlier incarnation has ended
        }

        if (_stopReason is not null)
        {
            EndActive(null, _stopReason);
            return;
        }

        try
        {
            Begin(run, opened.Target);
        }
        catch (Exception cause)
        {
            _log.Error(cause, "run {0} could not begin", run.RunId);
            EndActive(null, $"the run could not begin: {cause.Message}");
        }
    }

    private void Begin(StartRun run, ResolvedTarget target)
    {
        var order = new RunOrder(run.RunId, run.Settings, target, _time.GetUtcNow(), run.Listener, RunClock.StartNow(_time))
        {
            WithTimes = run.WithTimes,
        };
        _resources = _createResources(order);
        run.Listener.Tell(
            new RunStarted(run.RunId, order.StartedAt, order.Describe(TimeSpan.Zero), order.DescribeTarget(), _resources.Transport));
        _supervisor = Context.Watch(Context.ActorOf(LoadSupervisor.Props(order, _resources), run.RunId));
    }

    private void HandleStop(StopRun stop)
    {
        if (_active is { } run && run.RunId == stop.RunId)
        {
            StopActive(run, stop);
            Sender.Tell(new RunStopping(stop.RunId)); // after the start of its timer
        }
        else if (_queue.FirstOrDefault(run => run.RunId == stop.RunId) is { } queued)
        {
            Sender.Tell(new RunStopping(stop.RunId));
            EndQueued(queued, stop.Reason);
        }
        else
        {
            Sender.Tell(new RunUnknown(stop.RunId));
        }
    }

    private void StopActive(StartRun run, StopRun stop)
    {
        var isFirst = _stopReason is null;
        _stopReason ??= stop.Reason;
        _opening?.Cancel();
        // The limit begins before the run hears of it. A second stop of the same run must not extend it.
        if (isFirst)
        {
            StartTimer(run, _supervisor is null ? null : StopLimit, new StopOverdue(run.RunId));
        }

        if (_supervisor is { } supervisor)
        {
            supervisor.Tell(stop);
            _resources?.Hurry();
        }
    }

    private void HandleWaitOver(WaitOver over)
    {
        if (_queue.FirstOrDefault(run => run.RunId == over.RunId) is { } queued)
        {
            EndQueued(queued,
                $"refused: its turn did not come within {UnitText.Show(queued.Limits!.MaxWait)} (daemon.max-wait); post it again later");
        }
    }

    private void HandleDurationOver(DurationOver over)
    {
        if (_active is { } run && run.RunId == over.RunId)
        {
            StopActive(run,
                new StopRun(over.RunId, $"stopped by daemon.max-duration: a posted run may last {UnitText.Show(run.Limits!.MaxDuration)}"));
        }
    }

    private void EndQueued(StartRun queued, string reason)
    {
        _queue.Remove(queued);
        Timers.Cancel(queued.RunId);
        End(queued, null, reason);
    }

    private void HandleStopOverdue(StopOverdue overdue)
    {
        if (_active?.RunId == overdue.RunId)
        {
            _resources?.GiveUp();
            EndActive(null, $"{_stopReason}, and had not ended {StopLimit.TotalSeconds} s later: something blocks its loop");
        }
    }

    private void HandleTerminated(IActorRef supervisor)
    {
        if (supervisor.Equals(_supervisor))
        {
            EndActive(null, "a bug in ActorLoad ended the run; the log has its stack");
        }

        if (_leaving.Remove(supervisor, out var resources))
        {
            resources.Release(); // only now, because its lanes and connections run on its loops
        }
    }

    private void EndActive(RunResult? result, string? error)
    {
        if (_active is not { } run)
        {
            return;
        }

        if (_supervisor is { } supervisor)
        {
            _leaving.Add(supervisor, _resources!);
        }
        else
        {
            _resources?.Release();
        }

        Timers.Cancel(run.RunId);
        _opening?.Dispose();
        (_active, _supervisor, _resources, _opening, _opened) = (null, null, null, null, null);
        End(run, result, error);
        StartNext();
    }

    private void End(StartRun run, RunResult? result, string? error, Task? opened = null)
    {
        run.Listener.Tell(new RunEnded(run.RunId, result, error));
        _ = RunTarget.DisposeAsync(run, opened ?? Task.CompletedTask, _log);
    }

    private sealed record StopOverdue(string RunId) : INoSerializationVerificationNeeded;

    private sealed record WaitOver(string RunId) : INoSerializationVerificationNeeded;

    private sealed record DurationOver(string RunId) : INoSerializationVerificationNeeded;
}
