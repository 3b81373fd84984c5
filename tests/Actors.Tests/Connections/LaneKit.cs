using System.Collections.Immutable;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Transport;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Connections.LaneProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>A real lane with real connections on a loop of one transport, between two probes: its parent, and the metrics actor.</summary>
public abstract class LaneKit(string transport) : TestKit("akka.loglevel = WARNING")
{
    private IActorRef _lane = ActorRefs.Nobody;
    private int _sample;

    private protected LoopDispatcher Dispatcher { get; private set; } = null!;

    private protected TransportLoop Loop => Dispatcher.Loop;

    private protected TestProbe Parent => field ??= CreateTestProbe();

    private protected TestProbe Metrics => field ??= CreateTestProbe();

    /// <summary>Most sockets at once, by the last report.</summary>
    private protected long PeakOpen { get; private set; }

    /// <summary>What escalated to the parent, which lets the lane go on.</summary>
    private protected List<Exception> Escalated { get; } = [];

    /// <summary>Everything that the lane reported so far.</summary>
    private protected Tally Total { get; } = new(TimeProvider.System.TimestampFrequency);

    private readonly Dictionary<int, Tally> _ofEndpoints = [];

    /// <summary>What the lane reported so far of one endpoint, by its index.</summary>
    private protected Tally OfEndpoint(int endpoint)
    {
        if (!_ofEndpoints.TryGetValue(endpoint, out var tally))
        {
            _ofEndpoints.Add(endpoint, tally = new Tally(TimeProvider.System.TimestampFrequency));
        }

        return tally;
    }

    /// <summary>How the connections of the spec sign in.</summary>
    private protected Credentials Credentials { get; set; } = Credentials.None;

    /// <summary>A lane that lives by <paramref name="time"/>, the machine's if null.</summary>
    private protected IActorRef StartLane(
        ImmutableArray<Endpoint> targets, ConnectionSettings connection, SupervisionPolicy policy, int maxOpen = int.MaxValue, TimeProvider? time = null,
        PhaseSettings? phase = null, EndpointTurns? turns = null)
    {
        Dispatcher = LoopsOf.Get(Sys, transport, time);
        var settings = new LaneSettings(3, RunClock.StartNow(Loop.Time), maxOpen, Seed: 1, connection, Session.Of(Credentials, connection), targets, policy, Metrics)
        {
            Plan = RunPlan.Create(phase is null ? [] : [phase]),
            Health = TargetHealth.Of(targets, turns),
        };
        return _lane = Parent.ChildActorOf(Lane.Props(settings, Dispatcher), new OneForOneStrategy(cause =>
        {
            Escalated.Add(cause);
            return Directive.Resume;
        }));
    }

    /// <summary>Opens a burst at once and gives what the lane says of it when it has ended.</summary>
    private protected async Task<BurstShareEnded> RunBurstAsync(int connections, int burst = 0)
    {
        _lane.Tell(new OpenBurst(burst, 0, connections, TimeSpan.Zero));
        var ended = await EndedAsync();
        Assert.Equal((3, burst, connections), (ended.Lane, ended.Burst, ended.Planned));
        return ended;
    }

    private protected async Task<BurstShareEnded> EndedAsync() => await Parent.ExpectMsgAsync<BurstShareEnded>(Given.Patience);

    /// <summary>Asks for a report, adds it to <see cref="Total"/>, and holds the sum against the invariants.</summary>
    private protected async Task<Tally> ReportAsync()
    {
        _lane.Tell(new ReportTally(_sample));
        var reported = await Metrics.ExpectMsgAsync<MetricsProtocol.TallyReported>(Given.Patience);
        Assert.Equal((3, _sample++), (reported.Lane, reported.Sample));
        PeakOpen = reported.PeakOpen;
        foreach (var (endpoint, tally) in Assert.Single(reported.Tallies).Endpoints.Index())
        {
            Total.Add(tally);
            OfEndpoint(endpoint).Add(tally);
            Assert.Null(OfEndpoint(endpoint).BrokenInvariant());
        }

        Assert.Null(Total.BrokenInvariant());
        return Total;
    }

    /// <summary>Asks for reports until their sum is so.</summary>
    private protected Task UntilAsync(Func<Tally, bool> isSo) =>
        AwaitConditionAsync(async () => isSo(await ReportAsync()), Given.Patience, TimeSpan.FromMilliseconds(10));

    /// <summary>The last report: nothing is open, and this is how it all ended.</summary>
    private protected async Task AssertOutcomesAsync(params (Outcome Outcome, long Count)[] outcomes)
    {
        var total = await ReportAsync();
        Assert.Null(total.BrokenInvariant(ended: true));
        Assert.Equal(outcomes.ToDictionary(outcome => outcome.Outcome.Name(), outcome => outcome.Count), total.OutcomesByName());
    }
}
