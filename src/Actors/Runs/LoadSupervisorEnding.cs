using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Transport;
using Akka.Actor;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Runs;

/// <content>How a run ends: in order or before its time, with the last counts and what the observers saw.</content>
public sealed partial class LoadSupervisor
{
    // An abort that has not come to an end by then is summed up as it stands, and again by then without the tallies that did not come:
    // both must fit into the 5 s that a daemon has for its end.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private Verdict _verdict = Verdict.Valid;
    private bool _isAborting;
    private bool _isFinishing;
    private bool _isAskedForLedgers;
    private LoopUsage? _loops;
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
        if (!HasBegun)
        {
            Prepare(); // nothing was opened, and that is a result too
        }

        Timers.Cancel(nameof(BurstDueSoon));
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        TellLanes(LaneProtocol.Abort.Instance);
        FinishIfQuiet();
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
            _reasons.Add($"{_course.Open} bursts had not ended {LastWait.TotalSeconds} s after the run was stopped: their last connections are missing");
            Finish();
        }
        else
        {
            _reasons.Add($"not every lane gave its last counts within {LastWait.TotalSeconds} s: the totals lack them");
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
            _reasons.Add(NeverReached());
        }

        Timers.Cancel(SampleDue.Instance);
        Timers.StartSingleTimer(LastWaitOver.Instance, LastWaitOver.Instance, LastWait);
        _parts.Meter.Stop();
        _loops = _parts.LoopMeter.Read();
        _queues = _parts.LoopMeter.ReadQueues();
        _metrics.Tell(new MetricsProtocol.Complete(_sample, _course.Progress(Elapsed)));
        TellLanes(new LaneProtocol.ReportTally(_sample));
    }

    private void HandleCompleted(MetricsProtocol.Completed completed)
    {
        Timers.CancelAll();
        (_completed, _endedAt) = (completed, Elapsed);
        if (!_isAskedForLedgers)
        {
            _isAskedForLedgers = true;
            _observers.Tell(_verdict == Verdict.Interrupted ? ObserverProtocol.ConcludeNow.Instance : ObserverProtocol.StormEnded.Instance);
        }

        EndIfKnown();
    }

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

        var evidence = RunEvidence.Of(_order, completed, observed, _course, _loops, _endedAt, _parts.Transport.Loops);
        var transport = _parts.Transport with { FullQueues = _queues?.FullQueues, Overflows = _queues?.Overflows };
        var result = RunSummary.Sum(_order, transport, _verdict, _reasons, completed, _course.Ended, _course.Omitted, _endedAt, evidence, _givenUp);
        Context.Parent.Tell(new RunEnded(_order.RunId, result, null));
        Context.Stop(Self);
    }

    private sealed class LastWaitOver : INoSerializationVerificationNeeded
    {
        public static LastWaitOver Instance { get; } = new();
    }
}
