using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>A load supervisor in virtual time, with probes for its parent, its lanes and its metrics actor.</summary>
internal sealed class SupervisedRun
{
    public const string Id = "20261122-225935-4f2a9c";

    private readonly VirtualScheduler _scheduler;
    private readonly Dictionary<TestProbe, List<object>> _told = [];
    private readonly List<LaneProtocol.OpenBurst> _bursts = [];
    private int _seen;
    private readonly TestProbe _metrics;

    public SupervisedRun(TestKit kit, RunSettings settings, int lanes = 2, Exception? laneBirthFailure = null, TestProbe? observers = null)
    {
        _scheduler = (VirtualScheduler)kit.Sys.Scheduler;
        (Parent, Listener, _metrics) = (kit.CreateTestProbe("parent"), kit.CreateTestProbe("listener"), kit.CreateTestProbe("metrics"));
        Lanes = [.. Enumerable.Range(0, lanes).Select(lane => kit.CreateTestProbe($"lane-{lane}"))];
        Parts = new PartsDouble(_metrics, Lanes) { LaneBirthFailure = laneBirthFailure, Observers = observers };
        Supervisor = Parent.ChildActorOf(LoadSupervisor.Props(settings.Order(Listener, _scheduler.Time), Parts), Id);
    }

    public TestProbe Parent { get; }

    public TestProbe Listener { get; }

    public IReadOnlyList<TestProbe> Lanes { get; }

    public PartsDouble Parts { get; }

    public IActorRef Supervisor { get; }

    /// <summary>Who watches it; what it is told reaches the probe, and an exception it throws.</summary>
    public IActorRef? Observers => Parts.ObserversMade;

    public TimeSpan Elapsed => _scheduler.Elapsed;

    /// <summary>The bursts that the first lane was told to open so far.</summary>
    public IReadOnlyList<LaneProtocol.OpenBurst> Bursts
    {
        get
        {
            for (var told = ToldTo(Lanes[0]); _seen < told.Count; _seen++)
            {
                if (told[_seen] is LaneProtocol.OpenBurst burst)
                {
                    _bursts.Add(burst);
                }
            }

            return _bursts;
        }
    }

    /// <summary>True once the supervisor has asked for the totals: all bursts have ended, or none is waited for any longer.</summary>
    public bool IsFinishing => ToldMetrics<MetricsProtocol.Complete>().Count > 0;

    /// <summary>What a lane has been told of this type since the start, in order.</summary>
    public IReadOnlyList<T> Told<T>(int lane) => [.. ToldTo(Lanes[lane]).OfType<T>()];

    /// <summary>What the metrics actor has been told of this type since the start, in order.</summary>
    public IReadOnlyList<T> ToldMetrics<T>() => [.. ToldTo(_metrics).OfType<T>()];

    public void Pass(TimeSpan span, Action? afterTick = null) => _scheduler.Pass(span, afterTick);

    /// <summary>Lets time jump; what was scheduled for the time between finds the clock at its end, as after a pause of the process.</summary>
    public void Jump(TimeSpan span) => _scheduler.Advance(span);

    /// <summary>What lane number <paramref name="lane"/> says of its share of a burst when all of it has succeeded now.</summary>
    public LaneProtocol.BurstShareEnded Share(int burst, int lane)
    {
        var share = ToldTo(Lanes[lane]).OfType<LaneProtocol.OpenBurst>().Single(open => open.Burst == burst);
        return new LaneProtocol.BurstShareEnded(
            lane, burst, share.Count, share.Count, share.Count, 0, 0, share.DueAt, share.DueAt, Elapsed, NeverReached: false);
    }

    /// <summary>Every lane ends its share of a burst now, as <paramref name="change"/> says.</summary>
    public void End(int burst, Func<LaneProtocol.BurstShareEnded, LaneProtocol.BurstShareEnded>? change = null)
    {
        for (var lane = 0; lane < Lanes.Count; lane++)
        {
            EndShare(burst, lane, change);
        }
    }

    public void EndShare(int burst, int lane, Func<LaneProtocol.BurstShareEnded, LaneProtocol.BurstShareEnded>? change = null)
    {
        var share = Share(burst, lane);
        Supervisor.Tell(change is null ? share : change(share));
    }

    /// <summary>The metrics actor has everything: the run ends with this.</summary>
    public RunResult Complete(RunSnapshot totals)
    {
        Supervisor.Tell(new MetricsProtocol.Completed(totals, new[] { totals.Sample }, SocketFacts.None));
        return Parent.ExpectMsg<RunEnded>(ended => ended.RunId == Id && ended.Error is null).Result!;
    }

    private List<object> ToldTo(TestProbe probe)
    {
        if (!_told.TryGetValue(probe, out var told))
        {
            _told.Add(probe, told = []);
        }

        while (probe.HasMessages)
        {
            told.Add(probe.ReceiveOne(TimeSpan.Zero));
        }

        return told;
    }
}
