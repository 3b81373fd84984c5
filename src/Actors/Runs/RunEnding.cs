using ActorLoad.Configuration.Thresholds;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using Akka.Actor;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <summary>The last states of <see cref="LoadSupervisor"/>: from the end of the load, or its abort, to the result.</summary>
/// <remarks><code>
/// Aborting --all shares have ended, or its time is up--> Finishing --MetricsActor.Completed--> Concluding
/// Concluding --RunObserved--> RunEnded to the parent
/// </code></remarks>
internal sealed class RunEnding(CurrentRun run, IUntypedActorContext context, ITimerScheduler timers, Action<object> unhandled)
{
    // Longest wait for the end of an abort, and then for the last tallies. After it, the run is summed up without them. Both waits must fit
    // into the 5 s that a daemon has for its end.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private LoopFacts _loops = LoopFacts.None;
    private MetricsProtocol.Completed? _completed;
    private ObserverProtocol.RunObserved? _observed;
    private TimeSpan _endedAt;
    private string? _endedBy;

    /// <summary>Keeps the observers' report.</summary>
    public void Observe(ObserverProtocol.RunObserved observed) => _observed = observed;

    /// <summary>Notes that the observers are gone. A report that they sent before stands.</summary>
    public void LoseObservers() =>
        _observed ??= ObserverProtocol.RunObserved.Nothing with { Unseen = ["the observers failed: what they saw is lost"] };

    /// <summary>Makes the lanes close their open connections.</summary>
    public void Abort()
    {
        context.Become(Aborting);
        run.Resources.Hurry();
        timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        run.Lanes.Tell(LaneProtocol.Abort.Instance);
        FinishIfQuiet();
    }

    /// <summary>Aborts at the run's deadline. The figures are as good as those of a run whose load has ended.</summary>
    public void AbortAtDeadline()
    {
        _endedBy = "run.deadline";
        var limit = run.Order.Settings.Deadline.TotalSeconds;
        run.Verdict.Note(Verdict.Valid, FormattableString.Invariant(
            $"run.deadline: the load was ended after {limit:0.###} s; what was open then is counted as cancelled"));
        Abort();
    }

    /// <summary>Aborts when thresholds have failed that end the run. The figures are as good as at a deadline.</summary>
    public void AbortIfFailed(IReadOnlyList<ThresholdResult> failed)
    {
        foreach (var threshold in failed)
        {
            run.Verdict.Note(Verdict.Valid, FormattableString.Invariant(
                $"threshold {threshold.Expression} failed after {threshold.EndedRunAt:0.###} s: {threshold.Value}; ")
                + "the load was ended there, and what was open then is counted as cancelled");
        }

        if (failed.Count > 0)
        {
            _endedBy = "a threshold with abort-on-fail";
            Abort();
        }
    }

    /// <summary>Asks the lanes for their last tallies, when all shares have ended.</summary>
    public void Finish(bool isCutOff = false)
    {
        context.Become(Finishing);
        timers.CancelAll();
        timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        run.Resources.Meter.Stop();
        run.Busy.End(run.Elapsed);
        _loops = LoopFacts.Read(run.Resources.LoopMeter);
        run.TakeLastSample(isCutOff);
        CompleteIfAllAreBlocked();
    }

    private void Aborting(object message)
    {
        switch (message)
        {
            case LaneProtocol.BurstShareEnded share: run.EndShare(share); FinishIfQuiet(); break;
            case LoadSupervisor.SampleDue: run.TakeSample(); break;
            case LastWaitOver: CutOff(); break;
            case var _ when RunTrouble.Of(message) is { } trouble: run.Note(trouble); FinishIfQuiet(); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Finishing(object message)
    {
        switch (message)
        {
            case MetricsProtocol.Completed completed: Complete(completed); break;
            case LaneProtocol.BurstShareEnded share: run.EndShare(share); break; // of a run that was cut off
            case LastWaitOver: CompleteWithoutTheRest(); break;
            case var _ when RunTrouble.Of(message) is { } trouble: run.Note(trouble); CompleteIfAllAreBlocked(); break;
            default: HandleAnyTime(message); break;
        }
    }

    private void Concluding(object message)
    {
        switch (message)
        {
            case LaneProtocol.BurstShareEnded share: run.EndShare(share); break;
            case MetricsProtocol.Completed: break; // the metrics actor was asked twice
            case var _ when RunTrouble.Of(message) is { } trouble:
                run.Note(trouble);
                run.Observers.Tell(ObserverProtocol.ConcludeNow.Instance);
                break;
            default: HandleAnyTime(message); EndIfObserved(); break;
        }
    }

    /// <summary>Handles messages that mean the same in every state of a run.</summary>
    public void HandleAnyTime(object message)
    {
        switch (message)
        {
            case LaneProtocol.EndpointGivenUp givenUp: run.GivenUp[givenUp.Endpoint] = givenUp.Reason; break;
            case ObserverProtocol.RunObserved observed: Observe(observed); break;
            case Terminated: LoseObservers(); break;
            case ObserverProtocol.ObserversReady or LoadSupervisor.ITick or RunSnapshot: break; // too late
            default: unhandled(message); break;
        }
    }

    private void FinishIfQuiet()
    {
        if (run.Course.Open == 0)
        {
            Finish();
        }
    }

    private void CutOff()
    {
        run.Verdict.Note(
            Verdict.Valid,
            $"{run.Course.Open} {(run.Course.Open == 1 ? "burst" : "bursts")} had not ended {LastWait.TotalSeconds} s "
            + "after the run was stopped: what they had open counts as cancelled");
        Finish(isCutOff: true);
    }

    private void CompleteIfAllAreBlocked()
    {
        if (run.Lanes.AreAllBlocked)
        {
            run.Metrics.Tell(MetricsProtocol.CompleteNow.Instance);
        }
    }

    private void CompleteWithoutTheRest()
    {
        run.Verdict.Note(
            Verdict.GeneratorLimited,
            $"not every lane gave its last counts within {LastWait.TotalSeconds} s: the totals are those of its last interval, "
            + "and what it had open counts as cancelled");
        run.Metrics.Tell(MetricsProtocol.CompleteNow.Instance);
        run.Resources.GiveUp(); // something may block the loop of that lane
    }

    private void Complete(MetricsProtocol.Completed completed)
    {
        context.Become(Concluding);
        timers.CancelAll();
        (_completed, _endedAt) = (completed, run.Elapsed);
        if (_endedBy is not null && completed.Sockets.Established == 0 && HasFailedToReach(completed.Totals))
        {
            run.NoteNeverReached(completed.Totals.Connections.Opened);
        }

        run.Observers.Tell(
            run.Verdict.Worst == Verdict.Interrupted ? ObserverProtocol.ConcludeNow.Instance : ObserverProtocol.StormEnded.Instance);
        EndIfObserved();
    }

    // As in a lane: a failure on a limit of this machine says nothing about the target.
    private static bool HasFailedToReach(RunSnapshot totals) => totals.AttemptFailures.Any(failed =>
        failed.Value > 0 && failed.Key != Outcome.LocalExhausted.Name() && failed.Key != Outcome.Crashed.Name());

    private void EndIfObserved()
    {
        if (_observed is not null)
        {
            run.EndWatch(); // a blocked lane would keep the supervisor, and its watch, alive
            context.Parent.Tell(new RunEnded(run.Order.RunId, Sum(_completed!, _observed), null));
            context.Stop(context.Self);
        }
    }

    private RunResult Sum(MetricsProtocol.Completed completed, ObserverProtocol.RunObserved observed)
    {
        var (resources, course) = (run.Resources, run.Course);
        var own = new OwnUse(run.Busy, _loops.Pauses, _loops.RetiredPorts);
        var evidence = RunEvidence.Of(run.Order, completed, observed, course, own, _endedAt, resources.Transport.Loops, resources.Said);
        var transport = resources.Transport with { FullQueues = _loops.Queues?.FullQueues, Overflows = _loops.Queues?.Overflows };
        return RunSummary.Sum(
            run.Order, transport, run.Verdict, completed, course.Results, _endedAt, evidence, run.GivenUp, run.Thresholds, _endedBy);
    }

    private sealed class LastWaitOver : LoadSupervisor.ITick
    {
        public static LastWaitOver Instance { get; } = new();
    }
}
