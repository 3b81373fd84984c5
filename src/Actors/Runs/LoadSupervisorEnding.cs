using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Event;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <content>How a run ends: in order or before its time, with the last counts and what the observers saw.</content>
public sealed partial class LoadSupervisor
{
    // An abort that has not come to an end by then is summed up as it stands, and again by then without the tallies that did not come:
    // both must fit into the 5 s that a daemon has for its end.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private readonly HashSet<int> _blockedLanes = [];
    private Verdict _verdict = Verdict.Valid;
    private bool _isAborting;
    private bool _isFinishing;
    private bool _isCutOff;
    private bool _isAtDeadline;
    private IDisposable? _watch;
    private bool _isAskedForLedgers;
    private IReadOnlyList<LoopPause> _pauses = [];
    private long _retiredPorts;
    private QueueCounts? _queues;
    private TimeSpan _endedAt;
    private MetricsProtocol.Completed? _completed;
    private ObserverProtocol.RunObserved? _observed;

    private void Abort(Verdict verdict, string reason)
    {
        if (!_reasons.Contains(reason))
        {
            _reasons.Add(reason);
        }

        _verdict = verdict > _verdict ? verdict : _verdict;
        if (_isAborting || _isFinishing)
        {
            if (_isAskedForLedgers)
            {
                _observers.Tell(ObserverProtocol.ConcludeNow.Instance); // nobody waits any longer for a bystander that has not recovered
            }

            return;
        }

        _isAborting = true;
        _parts.Hurry();
        if (!HasBegun)
        {
            Prepare(); // nothing was opened, and that is a result too
        }

        Timers.Cancel(nameof(BurstDueSoon));
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        TellLanes(LaneProtocol.Abort.Instance);
        FinishIfQuiet();
    }

    // The run has lasted as long as it was to: what it measured is as good as that of a run whose load has ended.
    private void HandleDeadlineOver()
    {
        if (!_isAborting && !_isFinishing)
        {
            _isAtDeadline = true;
            Abort(Verdict.Valid, FormattableString.Invariant(
                $"run.deadline: the load was ended after {_order.Settings.Deadline.TotalSeconds:0.###} s; what was open then is counted as cancelled"));
        }
    }

    // Its lane says nothing more: what it had reported counts, and nobody waits for the rest.
    private void HandleBlockedLoop(BlockedLoop blocked)
    {
        var reason = FormattableString.Invariant(
            $"loop {blocked.Name} (lane {blocked.Index}) did not answer for {blocked.Silence.TotalSeconds:0.#} s: something blocks it. What its lane had not reported by then is missing");
        _log.Error("{0}", reason);
        _blockedLanes.Add(blocked.Index);
        Abort(Verdict.Aborted, reason);
        _course.GiveUp(blocked.Index);
        if (_isFinishing)
        {
            CompleteIfAllAreBlocked();
        }
        else
        {
            FinishIfQuiet();
        }
    }

    private void CompleteIfAllAreBlocked()
    {
        if (_blockedLanes.Count == _lanes.Length)
        {
            _metrics.Tell(MetricsProtocol.CompleteNow.Instance);
        }
    }

    private void FinishIfQuiet()
    {
        if (_course.Open == 0)
        {
            Finish();
        }
    }

    private void HandleLastWaitOver()
    {
        if (!_isFinishing)
        {
            _reasons.Add($"{_course.Open} {(_course.Open == 1 ? "burst" : "bursts")} had not ended {LastWait.TotalSeconds} s after the run was stopped: what they had open counts as cancelled");
            _isCutOff = true;
            Finish();
        }
        else
        {
            _reasons.Add($"not every lane gave its last counts within {LastWait.TotalSeconds} s: the totals are those of its last interval, and what it had open counts as cancelled");
            _verdict = _verdict == Verdict.Valid ? Verdict.GeneratorLimited : _verdict;
            _metrics.Tell(MetricsProtocol.CompleteNow.Instance);
            _parts.GiveUp(); // something may block the loop of that lane
        }
    }

    private void Finish()
    {
        if (_isFinishing)
        {
            return;
        }

        _isFinishing = true;
        if (_course.NeverReached && !_isAborting)
        {
            _verdict = Verdict.Aborted; // the breaker was off: the run went to its end, and reached nobody
            _reasons.Add(NeverReached(_course.Opened));
        }

        Timers.Cancel(SampleDue.Instance);
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        _parts.Meter.Stop();
        _busy.End(Elapsed);
        _pauses = _parts.LoopMeter.ReadPauses();
        _retiredPorts = _parts.LoopMeter.ReadRetiredPorts();
        _queues = _parts.LoopMeter.ReadQueues();
        _metrics.Tell(new MetricsProtocol.Complete(_sample, _course.Progress(Elapsed), _isCutOff));
        TellLanes(new LaneProtocol.ReportTally(_sample));
        CompleteIfAllAreBlocked();
    }

    private void HandleCompleted(MetricsProtocol.Completed completed)
    {
        Timers.CancelAll();
        (_completed, _endedAt) = (completed, Elapsed);
        if (_isAtDeadline && completed.Sockets.Established == 0 && HasFailedToReach(completed.Totals))
        {
            _verdict = _verdict < Verdict.Aborted ? Verdict.Aborted : _verdict;
            _reasons.Add(NeverReached(completed.Totals.Connections.Opened));
        }

        if (!_isAskedForLedgers)
        {
            _isAskedForLedgers = true;
            _observers.Tell(_verdict == Verdict.Interrupted ? ObserverProtocol.ConcludeNow.Instance : ObserverProtocol.StormEnded.Instance);
        }

        EndIfKnown();
    }

    // As a lane has it: what failed for want of our own resources says nothing of the target.
    private static bool HasFailedToReach(RunSnapshot totals) => totals.AttemptFailures.Any(failed =>
        failed.Value > 0 && failed.Key != Outcome.LocalExhausted.Name() && failed.Key != Outcome.Crashed.Name());

    private void HandleObserved(ObserverProtocol.RunObserved observed)
    {
        _observed = observed;
        EndIfKnown();
    }

    private void HandleObserversGone()
    {
        _observed ??= ObserverProtocol.RunObserved.Nothing with { Unseen = ["the observers failed: what they saw is lost"] };
        HandleObserversReady();
        EndIfKnown();
    }

    private void EndIfKnown()
    {
        if (_completed is not { } completed || _observed is not { } observed)
        {
            return;
        }

        var evidence = RunEvidence.Of(_order, completed, observed, _course, new OwnUse(_busy, _pauses, _retiredPorts), _endedAt, _parts.Transport.Loops, _parts.Said);
        var transport = _parts.Transport with { FullQueues = _queues?.FullQueues, Overflows = _queues?.Overflows };
        var result = RunSummary.Sum(
            _order, transport, _verdict, _reasons, completed, _course.Ended, _course.Omitted, _endedAt, evidence, _givenUp, _isAtDeadline);
        _watch?.Dispose(); // a blocked lane would keep this actor, and with it the watch, for as long as it is blocked
        Context.Parent.Tell(new RunEnded(_order.RunId, result, null));
        Context.Stop(Self);
    }

    private sealed class LastWaitOver : INoSerializationVerificationNeeded
    {
        public static LastWaitOver Instance { get; } = new();
    }
}
