using System.Collections.Immutable;
using ActorLoad.Metrics;
using Akka.Actor;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Observers.Bystanders;

/// <summary>Carries the bystander's connections on a thread of its own, and tells their actor <see cref="BaselineTaken"/> once and
/// <see cref="BystanderObserved"/> at the end.</summary>
/// <remarks>
/// A bystander must not share a loop, the runtime's socket engine or the thread pool with the storm. It would wait behind the storm's own
/// work and blame the server. So it has a thread, and polls its sockets. Only the kernel's scheduler can delay a send or a reply's stamp.
/// That delay is visible: a thread without a processor also sends late, see <see cref="BystanderLedger.Lateness"/>.
/// </remarks>
internal sealed class BystanderThread
{
    // Longest time until the thread hears its actor or sees a deadline.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(50);

    private readonly BystanderSettings _settings;
    private readonly TimeProvider _time;
    private readonly IActorRef _owner;
    private readonly PingTally _book;
    private readonly ImmutableArray<SteadyConnection> _connections;
    private readonly long[] _pings;
    private readonly Readiness _readiness;
    private readonly List<string> _unseen = [];
    private PingSchedule? _schedule;

    /// <summary>Makes connections to <paramref name="endpoints"/> in turn, without opening them.</summary>
    public BystanderThread(BystanderSettings settings, ImmutableArray<Endpoint> endpoints, TimeProvider time, IActorRef owner)
    {
        (_settings, _time, _owner) = (settings, time, owner);
        _book = new PingTally(settings, time.TimestampFrequency);
        Course = new BystanderCourse(settings, _book, time);
        _connections =
        [
            .. Enumerable.Range(0, settings.Connections)
                .Select(index => new SteadyConnection(endpoints[index % endpoints.Length], settings, _book, time)),
        ];
        _pings = new long[settings.Connections];
        _readiness = new Readiness(settings.Connections);
    }

    /// <summary>The phase. The actor sets its marks here.</summary>
    public BystanderCourse Course { get; }

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run) { Name = "actorload-bystander", IsBackground = true }.Start();

    private void Run()
    {
        try
        {
            foreach (var connection in _connections)
            {
                connection.Open();
            }

            while (!Course.IsOver(_connections.Any(connection => connection.IsWaiting)))
            {
                TakeTurn();
            }

            TakeLastReplies();
            CloseAll(); // before the answer: its receiver may look for open sockets
            _owner.Tell(SumUp());
        }
        catch (Exception cause)
        {
            CloseAll();
            _owner.Tell(new BystanderFailed(cause));
        }
    }

    private void TakeTurn()
    {
        for (var place = 0; place < _connections.Length; place++)
        {
            _readiness.Watch(place, _connections[place].Socket, _connections[place].IsConnecting);
        }

        _readiness.Wait(UntilNextDue());
        Course.Listen(); // before replies are taken, so that each is counted in its phase
        for (var place = 0; place < _connections.Length; place++)
        {
            if (_readiness.IsReady(place))
            {
                _connections[place].HandleReady();
            }
        }

        PingWhoIsDue();
        foreach (var connection in _connections)
        {
            connection.Advance(mayOpen: !Course.IsClosing);
        }

        BeginWhenSettled();
        if (Course.BecomesReady())
        {
            _owner.Tell(BaselineTaken.Instance);
        }

        Course.Judge(SettledUntil());
    }

    // Takes replies that came while this thread had no processor.
    private void TakeLastReplies()
    {
        foreach (var connection in _connections.Where(connection => connection.IsUp && connection.IsWaiting))
        {
            connection.HandleReady();
        }
    }

    private TimeSpan UntilNextDue()
    {
        var wait = _longestWait;
        for (var index = 0; index < _connections.Length && !Course.IsClosing; index++)
        {
            var left = _time.GetElapsedTime(_time.GetTimestamp(), NextDue(index));
            wait = left < wait ? left : wait;
        }

        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void PingWhoIsDue()
    {
        for (var index = 0; index < _connections.Length && !Course.IsClosing; index++)
        {
            for (var now = _time.GetTimestamp(); NextDue(index) is var due && due <= now;)
            {
                _pings[index]++;
                _connections[index].Ping(due);
            }
        }
    }

    private long NextDue(int index) => _schedule?.Due(index, _pings[index]) ?? long.MaxValue;

    private long SettledUntil()
    {
        var settled = _time.GetTimestamp();
        for (var index = 0; index < _connections.Length; index++)
        {
            settled = Math.Min(settled, Math.Min(_connections[index].OldestDue ?? settled, NextDue(index)));
        }

        return settled;
    }

    // All begin together, once each first attempt has succeeded or failed.
    private void BeginWhenSettled()
    {
        if (_schedule is not null || !_connections.All(connection => connection.HasSettled))
        {
            return;
        }

        var lost = _connections.Where(connection => !connection.IsUp).ToList();
        _unseen.AddRange(lost.GroupBy(connection => (connection.Target, connection.LastFailure)).Select(group =>
            $"{group.Count()} of {_settings.Connections} bystander connections had no PONG from {group.Key.Target} "
            + $"when the baseline began: {group.Key.LastFailure}"));
        _book.Begin();
        Course.Begin(isUp: lost.Count < _connections.Length);
        _schedule = new PingSchedule(_time.GetTimestamp(), _time.TimestampFrequency, _settings.RatePerSecond, _settings.Connections);
    }

    private void CloseAll()
    {
        foreach (var connection in _connections)
        {
            connection.Close();
        }
    }

    private BystanderObserved SumUp() => new(
        _book.HasAnswers ? _book.Ledger(Course.NoRecovery) : null, _connections.Sum(connection => connection.OpenedInStorm),
        [.. _unseen, .. _book.Unseen()])
    {
        Reconnects = _connections.GroupBy(connection => connection.Target)
            .ToDictionary(target => target.Key.ToString(), target => target.Sum(connection => connection.ReceivedInStorm)),
    };
}
