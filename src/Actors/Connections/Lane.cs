using ActorLoad.Metrics;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using static ActorLoad.Connections.ConnectionProtocol;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Connections;

/// <summary>The connections of one event loop: opens its share of each burst when that is due, and keeps the books.</summary>
/// <remarks><code>
/// OpenBurst -> waits until it is due -> opens squad by squad, so that starting and running take turns -> BurstShareEnded
///   a squad says that an endpoint was given up -> EndpointGivenUp; that the last one was, or that the loop failed -> BreakerTripped
///   a squad escalates -> so does the lane
///   Abort -> opens no more, cancels what is open
/// </code></remarks>
public sealed class Lane : UntypedActor
{
    private readonly LaneSettings _settings;
    private readonly TransportLoop _loop;
    private readonly LaneBooks _books;
    private readonly Props _squad;
    private readonly Dictionary<int, OpenBurst> _waiting = [];

    /// <summary>Made by <see cref="Props"/>.</summary>
    public Lane(LaneSettings settings, LoopDispatcher dispatcher)
    {
        (_settings, _loop) = (settings, dispatcher.Loop);
        _books = new LaneBooks(settings, _loop);
        var plan = ConnectionPlan.For(_books, _loop, settings.Connection, settings.Script);
        var connections = new ChildFactory(ConnectionActor.Props(plan, dispatcher.DispatcherId));
        _squad = Squad.Props(_books, connections, dispatcher.DispatcherId);
    }

    /// <summary>A lane on the loop of <paramref name="dispatcher"/>.</summary>
    public static Props Props(LaneSettings settings, LoopDispatcher dispatcher) =>
        Akka.Actor.Props.Create<Lane>(settings, dispatcher).WithDispatcher(dispatcher.DispatcherId);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenNext opening: OpenSquad(opening); break;
            case ShareDone done: TellEnded(done.Share); break;
            case OpenBurst burst: HandleOpenBurst(burst); break;
            case BurstDue due: HandleDue(due); break;
            case ReportTally report: HandleReport(report); break;
            case GaveUp gaveUp: Context.Parent.Tell(new EndpointGivenUp(_settings.Lane, gaveUp.Endpoint, gaveUp.Reason)); break;
            case StoppedOpening stopped: Context.Parent.Tell(new BreakerTripped(_settings.Lane, stopped.Reason)); break;
            case Abort: HandleAbort(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>What a squad does not decide itself is for the run to decide.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(-1, -1, _ => Directive.Escalate, loggingEnabled: false);

    private void HandleOpenBurst(OpenBurst burst)
    {
        if (_books.IsAborting)
        {
            TellUnbegun(burst);
            return;
        }

        var due = DueOf(burst);
        _waiting.Add(burst.Burst, burst);
        if (due.At > _loop.Now)
        {
            _loop.Schedule(due.At, Self, due);
        }
        else
        {
            HandleDue(due);
        }
    }

    private BurstDue DueOf(OpenBurst burst) => new(burst.Burst, _settings.RunStart + _loop.ToTicks(burst.DueAt));

    private void HandleDue(BurstDue due)
    {
        if (_waiting.Remove(due.Burst, out var burst))
        {
            OpenSquad(new OpenNext(new BurstShare(burst.Burst, burst.Count, burst.Turn), burst.First, burst.First + burst.Count, due.At));
        }
    }

    private void OpenSquad(OpenNext opening)
    {
        var (share, next, end, due) = opening;
        var count = Math.Min(Squad.Size, end - next);
        if (_books.Open(share, next, count) is var opened and > 0)
        {
            Context.ActorOf(_squad).Tell(new OpenConnections(share, next, opened, due), Self);
        }

        if (next + count < end)
        {
            // Not by a plain Tell, which would be handled before the squad's first message, and before any completion.
            var self = Self;
            _loop.ExecuteNextTurn(new ActionRunnable(() => self.Tell(opening with { Next = next + count }, self)));
            return;
        }

        share.IsOpening = false;
        if (share.IsDone)
        {
            TellEnded(share);
        }
    }

    private void HandleReport(ReportTally report) =>
        _settings.Metrics.Tell(new MetricsProtocol.TallyReported(_settings.Lane, report.Sample, _books.Take(), _books.PeakOpen));

    private void HandleAbort()
    {
        _books.IsAborting = true;
        foreach (var squad in Context.GetChildren())
        {
            squad.Tell(Cancel.Instance);
        }

        foreach (var burst in _waiting.Values.ToArray())
        {
            if (DueOf(burst) is var due && due.At <= _loop.Now)
            {
                HandleDue(due); // its time has come: planned, and not one opened
            }
            else
            {
                TellUnbegun(burst);
            }
        }

        _waiting.Clear();
    }

    private void TellEnded(BurstShare share)
    {
        var hasStarted = share.FirstStart != long.MaxValue;
        Context.Parent.Tell(new BurstShareEnded(
            _settings.Lane, share.Burst, share.Planned, share.Opened, share.Succeeded, share.Failed, share.Cancelled,
            hasStarted ? SinceStart(share.FirstStart) : null, hasStarted ? SinceStart(share.LastStart) : null, SinceStart(_loop.Now),
            _books.NeverReached) { HasUntriedEndpoint = _settings.Health.HasUntriedEndpoint });
    }

    private void TellUnbegun(OpenBurst burst) => Context.Parent.Tell(
        new BurstShareEnded(_settings.Lane, burst.Burst, 0, 0, 0, 0, 0, null, null, SinceStart(_loop.Now), _books.NeverReached));

    private TimeSpan SinceStart(long at) => _loop.Time.GetElapsedTime(_settings.RunStart, at);

    private sealed record BurstDue(int Burst, long At) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record OpenNext(BurstShare Share, int Next, int End, long Due) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
