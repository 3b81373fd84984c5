using ActorLoad.Actors.Tests.Diagnosis;
using ActorLoad.Observers;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers;

/// <summary>In virtual time, and on the thread that tells them something: what follows of it has happened when the call returns.</summary>
public class RunObserversSpecs() : TestKit("""
    akka.loglevel = OFF
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    """)
{
    private static readonly TimeSpan _start = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _end = TimeSpan.FromSeconds(5);

    private readonly List<TestProbe> _probes = [];
    private IActorRef[] _born = [];

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void The_storm_may_begin_when_every_observer_is_ready()
    {
        var watched = Watch("kernel", "server");

        Say(0, new ObserverReady("kernel"));
        watched.ExpectNoMsg(TimeSpan.Zero);
        Say(1, new ObserverReady("server"));

        watched.ExpectMsg<ObserversReady>();
    }

    [Fact]
    public void Late_observer_is_not_awaited_and_still_hears_of_the_storm()
    {
        var watched = Watch("kernel", "server");
        Say(0, new ObserverReady("kernel"));

        Clock.Advance(_start);

        watched.ExpectMsg<ObserversReady>();
        watched.LastSender.Tell(StormBegins.Instance);
        _probes[1].ExpectMsg<StormBegins>();
        Say(1, new ObserverReady("server"));
        watched.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Observations_are_sent_once_all_observers_have_answered()
    {
        var (watched, observers) = Stormed("kernel", "server", "server", "bystander");
        observers.Tell(StormEnded.Instance);
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.All(_probes, probe => probe.ExpectMsg<StormEnded>());

        Say(2, new ServerObserved(1, Healthy.Server with { Endpoint = "b" }, 2, ["two"]));
        Say(0, new KernelObserved(Healthy.Kernel, ["one"]));
        Say(1, new ServerObserved(0, Healthy.Server with { Endpoint = "a" }, 0, []));
        watched.ExpectNoMsg(TimeSpan.Zero);
        Say(3, new BystanderObserved(null, 4, []) { Reconnects = new Dictionary<string, int> { ["b"] = 3 } });

        var observed = watched.ExpectMsg<RunObserved>();
        Assert.Equal((Healthy.Kernel, 6), (observed.Kernel, observed.OwnConnections));
        Assert.Equal(
            [("a", Healthy.Server.ConnectionsReceived), ("b", Healthy.Server.ConnectionsReceived - 3)], // the bystander's are not the storm's
            observed.Servers.Select(server => (server.Endpoint, server.ConnectionsReceived)));
        Assert.Equal(["two", "one"], observed.Unseen);
    }

    [Fact]
    public void Silent_observer_is_asked_to_conclude_and_then_left_out()
    {
        var (watched, observers) = Stormed("kernel", "bystander");
        observers.Tell(StormEnded.Instance);
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        Say(0, new KernelObserved(Healthy.Kernel, []));

        Clock.Advance(_end);
        _probes[1].ExpectMsg<StormEnded>();
        _probes[1].ExpectMsg<ConcludeNow>();
        Clock.Advance(TimeSpan.FromMilliseconds(300));

        var observed = watched.ExpectMsg<RunObserved>();
        Assert.NotNull(observed.Kernel);
        Assert.Contains("bystander observer did not answer in time", Assert.Single(observed.Unseen), StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_run_waits_one_second_for_its_ledgers()
    {
        var (watched, observers) = Stormed("kernel", "bystander");
        observers.Tell(ConcludeNow.Instance);
        foreach (var wait in new[] { 100, 700, 300 })
        {
            Clock.Advance(TimeSpan.FromMilliseconds(wait));
        }

        Assert.Equal(2, watched.ExpectMsg<RunObserved>().Unseen.Count);
    }

    [Fact]
    public void Stopped_run_does_not_wait_for_a_recovery()
    {
        var (watched, observers) = Stormed("bystander");
        observers.Tell(StormEnded.Instance);
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        _probes[0].ExpectMsg<StormEnded>();

        observers.Tell(ConcludeNow.Instance);

        _probes[0].ExpectMsg<ConcludeNow>();
        Say(0, new BystanderObserved(null, 0, []));
        watched.ExpectMsg<RunObserved>();
    }

    [Fact]
    public void Failed_observer_loses_only_what_it_watches()
    {
        var (watched, observers) = Stormed("kernel", "server");
        Say(0, new InvalidOperationException("oh"));

        observers.Tell(StormEnded.Instance);
        Clock.Advance(TimeSpan.FromMilliseconds(100));
        Say(1, new ServerObserved(0, Healthy.Server, 0, []));

        var observed = watched.ExpectMsg<RunObserved>();
        Assert.Single(observed.Servers);
        Assert.Contains("kernel observer ended before its time (InvalidOperationException: oh)", Assert.Single(observed.Unseen), StringComparison.Ordinal);
    }

    [Fact]
    public void Observer_that_fails_at_once_does_not_delay_the_run()
    {
        var watched = Watch("kernel", "server");
        Say(0, new InvalidOperationException("oh"));
        Say(1, new ObserverReady("server"));

        watched.ExpectMsg<ObserversReady>();
    }

    private TestProbe Watch(params string[] names)
    {
        foreach (var _ in names)
        {
            _probes.Add(CreateTestProbe());
        }

        var parent = CreateTestProbe();
        parent.ChildActorOf(RunObservers.Props(
            [.. names.Select((name, index) => new ObserverPlan(name, Props.Create<Observer>(_probes[index]).WithDispatcher(CallingThreadDispatcher.Id)))],
            _start, _end).WithDispatcher(CallingThreadDispatcher.Id));
        _born = [.. _probes.Select(probe => probe.ExpectMsg<IActorRef>())];
        return parent;
    }

    private (TestProbe Parent, IActorRef Observers) Stormed(params string[] names)
    {
        var parent = Watch(names);
        for (var index = 0; index < names.Length; index++)
        {
            Say(index, new ObserverReady(names[index]));
        }

        parent.ExpectMsg<ObserversReady>();
        var observers = parent.LastSender;
        observers.Tell(StormBegins.Instance);
        Assert.All(_probes, probe => probe.ExpectMsg<StormBegins>());
        return (parent, observers);
    }

    /// <summary>An observer says something to its parent, or throws it.</summary>
    private void Say(int index, object message)
    {
        _born[index].Tell(new Word(message));
    }

    private sealed record Word(object Message);

    private sealed class Observer : UntypedActor
    {
        private readonly TestProbe _probe;

        public Observer(TestProbe probe)
        {
            _probe = probe;
            _probe.Tell(Self);
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Word { Message: Exception cause }: throw cause;
                case Word word: Context.Parent.Tell(word.Message); break;
                default: _probe.Tell(message); break;
            }
        }
    }
}
