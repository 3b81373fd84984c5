using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

public class RunManagerSpecs : TestKit
{
    private readonly TestProbe _lane;
    private readonly TestProbe _metrics;
    private readonly IActorRef _manager;
    private Func<RunSettings, IRunResources> _createParts;

    public RunManagerSpecs()
        : base(VirtualScheduler.Configuration + "\nakka.test { single-expect-default = 20s, filter-leeway = 20s }")
    {
        (_lane, _metrics) = (CreateTestProbe(), CreateTestProbe());
        _createParts = _ => new PartsDouble(_metrics, [_lane]);
        _manager = Manager(maxQueue: 2);
    }

    [Fact]
    public async Task A_run_is_queued_started_and_ended_and_its_target_disposed_once()
    {
        var target = TargetDouble.Ready();
        var listener = Start("a", target);

        ExpectMsg(new RunQueued("a", 0));
        var started = listener.ExpectMsg<RunStarted>();
        Assert.Equal(("a", "db:6379", "a double"), (started.Run.Id, started.Target.Endpoints[0], started.Transport.Reason));
        Assert.Equal(0, target.Disposals);
        EndRun();
        var ended = listener.ExpectMsg<RunEnded>();
        Assert.Equal(("a", Verdict.Valid, null), (ended.RunId, ended.Result!.Verdict, ended.Error));
        await ExpectIdle(target);
    }

    [Fact]
    public async Task Runs_happen_one_at_a_time_in_the_order_of_arrival()
    {
        var targets = new[] { TargetDouble.Ready(), TargetDouble.Ready(), TargetDouble.Ready() };
        var listeners = new[] { Start("a", targets[0]), Start("b", targets[1]), Start("c", targets[2]) };
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => ExpectMsg<RunQueued>().Ahead));

        listeners[0].ExpectMsg<RunStarted>();
        Assert.Equal("a; b c", Runs());
        Assert.False(targets[1].IsAskedFor);
        EndRun();
        listeners[1].ExpectMsg<RunStarted>();
        Assert.Equal("b; c", Runs());
        Assert.False(targets[2].IsAskedFor);
        EndRun();
        listeners[2].ExpectMsg<RunStarted>();
        EndRun();
        listeners[2].ExpectMsg<RunEnded>();
        await ExpectIdle(targets);
    }

    [Fact]
    public void Runs_beyond_the_queue_are_refused_and_their_target_is_not_opened()
    {
        var refused = TargetDouble.Ready();
        Start("a");
        Start("b");
        Start("c");
        Start("d", refused);

        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(_ => ExpectMsg<RunQueued>().RunId));
        Assert.Equal("d", ExpectMsg<RunRefused>().RunId);
        Assert.Equal("a; b c", Runs());
        Assert.Equal((false, 0), (refused.IsAskedFor, refused.Disposals));
    }

    [Fact]
    public void Run_is_accepted_without_a_queue_only_when_no_run_is_active()
    {
        var manager = Manager(maxQueue: 0);
        Start("a", manager: manager).ExpectMsg<RunStarted>();
        Start("b", manager: manager);

        Assert.Equal("a", ExpectMsg<RunQueued>().RunId);
        Assert.Equal("b", ExpectMsg<RunRefused>().RunId);
    }

    [Fact]
    public async Task A_queued_run_that_is_stopped_never_begins()
    {
        var (active, stopped) = (TargetDouble.Ready(), TargetDouble.Ready());
        var first = Start("a", active);
        var second = Start("b", stopped);
        ReceiveN(2);

        _manager.Tell(new StopRun("b", "not wanted"), TestActor);
        ExpectMsg(new RunStopping("b"));
        second.ExpectMsg(new RunEnded("b", null, "not wanted"));
        Assert.Equal("a; ", Runs());
        first.ExpectMsg<RunStarted>();
        EndRun();
        first.ExpectMsg<RunEnded>();
        await ExpectIdle(active, stopped);
        Assert.False(stopped.IsAskedFor);
    }

    [Fact]
    public async Task An_active_run_that_is_stopped_is_aborted_and_has_a_result()
    {
        var target = TargetDouble.Ready();
        var listener = Start("a", target);
        ExpectMsg<RunQueued>();
        listener.ExpectMsg<RunStarted>();
        _lane.ExpectMsg<LaneProtocol.OpenBurst>();

        _manager.Tell(new StopRun("a", "SIGINT"), TestActor);
        ExpectMsg(new RunStopping("a"));
        _lane.ExpectMsg<LaneProtocol.Abort>();
        EndRun(new LaneProtocol.OpenBurst(0, 0, 10, TimeSpan.Zero));
        var result = listener.ExpectMsg<RunEnded>().Result!;

        Assert.Equal((Verdict.Interrupted, "SIGINT"), (result.Verdict, result.VerdictReasons[0]));
        await ExpectIdle(target);
    }

    [Fact]
    public async Task Run_that_cannot_be_stopped_is_given_up_and_the_next_uses_other_loops()
    {
        var (stuck, sound) = (TargetDouble.Ready(), TargetDouble.Ready());
        var made = new List<PartsDouble>();
        _createParts = _ =>
        {
            made.Add(new PartsDouble(_metrics, [_lane]));
            return made[^1];
        };
        var first = Start("a", stuck);
        var second = Start("b", sound);
        ReceiveN(2);
        first.ExpectMsg<RunStarted>();
        _lane.ExpectMsg<LaneProtocol.OpenBurst>();

        _manager.Tell(new StopRun("a", "stopped by SIGINT"), TestActor);
        ExpectMsg(new RunStopping("a"));
        ((VirtualScheduler)Sys.Scheduler).Pass(TimeSpan.FromSeconds(5)); // and neither lane nor metrics have said a word
        var ended = first.ExpectMsg<RunEnded>();
        Assert.Null(ended.Result);
        Assert.Equal("stopped by SIGINT, and had not ended 5 s later: something blocks its loop", ended.Error);

        second.ExpectMsg<RunStarted>();
        Assert.Equal([true, false], made.Select(parts => parts.IsGivenUp));
        _manager.Tell(new RunEnded("a", null, "late"), TestActor);
        Assert.Equal("b; ", Runs());
        EndRun();
        second.ExpectMsg<RunEnded>();
        await ExpectIdle(stuck, sound);
    }

    [Fact]
    public async Task A_posted_run_that_lasts_too_long_is_stopped_and_has_a_result()
    {
        var target = TargetDouble.Ready();
        var listener = Start("a", target, limits: Limits);
        listener.ExpectMsg<RunStarted>();
        var burst = _lane.ExpectMsg<LaneProtocol.OpenBurst>();

        Pass(Limits.MaxDuration);
        _lane.FishForMessage<LaneProtocol.Abort>(_ => true);
        EndRun(burst);
        var result = listener.ExpectMsg<RunEnded>().Result!;

        Assert.Equal(
            (Verdict.Interrupted, "stopped by daemon.max-duration: a posted run may last 1h"), (result.Verdict, result.VerdictReasons[0]));
        await ExpectIdle(target);
    }

    [Fact]
    public void A_posted_run_that_lasts_too_long_and_hangs_is_given_up()
    {
        var listener = Start("a", limits: Limits);
        listener.ExpectMsg<RunStarted>();
        _lane.ExpectMsg<LaneProtocol.OpenBurst>();

        Pass(Limits.MaxDuration);
        _lane.FishForMessage<LaneProtocol.Abort>(_ => true);
        Pass(TimeSpan.FromSeconds(5));

        Assert.StartsWith("stopped by daemon.max-duration", listener.ExpectMsg<RunEnded>().Error, StringComparison.Ordinal);
        Assert.Equal("; ", Runs());
    }

    [Fact]
    public async Task A_target_that_takes_too_long_to_open_ends_its_posted_run()
    {
        var target = new TargetDouble();
        var listener = Start("a", target, limits: Limits);
        await target.Opening;

        Pass(Limits.MaxDuration);

        Assert.StartsWith("stopped by daemon.max-duration", listener.ExpectMsg<RunEnded>().Error, StringComparison.Ordinal);
        await ExpectIdle(target);
    }

    [Fact]
    public void A_posted_run_that_waits_too_long_is_refused_and_the_next_keeps_its_turn()
    {
        Start("a");
        var second = Start("b", limits: Limits with { MaxWait = TimeSpan.FromMinutes(1) });
        var third = Start("c", limits: Limits);
        ReceiveN(3);

        Pass(TimeSpan.FromMinutes(1));

        var ended = second.ExpectMsg<RunEnded>();
        Assert.Null(ended.Result);
        Assert.Equal("refused: its turn did not come within 1m (daemon.max-wait); post it again later", ended.Error);
        Assert.Equal("a; c", Runs());
        EndRun();
        third.ExpectMsg<RunStarted>();
    }

    [Fact]
    public void Waiting_time_of_a_posted_run_does_not_count_as_duration()
    {
        Start("a");
        var second = Start("b", limits: Limits);
        ReceiveN(2);
        Pass(Limits.MaxWait - TimeSpan.FromMinutes(1));
        EndRun();
        second.ExpectMsg<RunStarted>();

        Pass(Limits.MaxDuration - TimeSpan.FromMinutes(1));

        Assert.Equal("b; ", Runs());
    }

    [Fact]
    public void Operators_run_may_last_and_wait_without_limit()
    {
        Start("a").ExpectMsg<RunStarted>();
        Start("b");
        ReceiveN(2);

        Pass(TimeSpan.FromDays(1));

        Assert.Equal("a; b", Runs());
    }

    [Fact]
    public void Loops_are_released_when_the_last_actor_of_the_run_has_ended()
    {
        var made = new List<PartsDouble>();
        _createParts = _ =>
        {
            made.Add(new PartsDouble(_metrics, [_lane]));
            return made[^1];
        };
        Start("a").ExpectMsg<RunStarted>();
        Assert.Equal(0, made[0].Releases);
        EndRun();
        AwaitCondition(() => made[0].Releases == 1);

        Start("b").ExpectMsg<RunStarted>();
        _manager.Tell(new StopRun("b", "SIGINT"), TestActor);
        AwaitCondition(() => made[1].IsHurried);
        Assert.Equal((false, 0), (made[0].IsHurried, made[1].Releases));
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_its_target_opens_never_begins()
    {
        var target = new TargetDouble();
        var listener = Start("a", target);
        ExpectMsg<RunQueued>();
        await target.Opening;

        _manager.Tell(new StopRun("a", "not wanted"), TestActor);
        ExpectMsg(new RunStopping("a"));
        listener.ExpectMsg(new RunEnded("a", null, "not wanted"));
        await ExpectIdle(target);
    }

    [Fact]
    public async Task Target_that_opens_despite_the_stop_is_disposed()
    {
        var target = new TargetDouble(heedsCancellation: false);
        var listener = Start("a", target);
        ExpectMsg<RunQueued>();
        _manager.Tell(new StopRun("a", "not wanted"), TestActor);
        ExpectMsg(new RunStopping("a"));
        Assert.Equal(0, target.Disposals);

        target.Open();
        listener.ExpectMsg(new RunEnded("a", null, "not wanted"));
        await ExpectIdle(target);
    }

    [Fact]
    public void Unknown_run_cannot_be_stopped()
    {
        Start("a");
        ExpectMsg<RunQueued>();

        _manager.Tell(new StopRun("b", "not wanted"), TestActor);

        ExpectMsg(new RunUnknown("b"));
        Assert.Equal("a; ", Runs());
    }

    [Fact]
    public async Task A_target_that_cannot_be_opened_ends_its_run_with_the_reason_and_the_next_begins()
    {
        var (broken, sound) = (new TargetDouble(), TargetDouble.Ready());
        var first = Start("a", broken);
        var second = Start("b", sound);
        ReceiveN(2);

        broken.Fail(new InvalidOperationException("no such program"));
        var ended = first.ExpectMsg<RunEnded>();
        Assert.Null(ended.Result);
        Assert.Equal("the target could not be made ready: no such program", ended.Error);
        second.ExpectMsg<RunStarted>();
        EndRun();
        second.ExpectMsg<RunEnded>();
        await ExpectIdle(broken, sound);
    }

    [Fact]
    public async Task A_target_that_cannot_be_disposed_is_logged_and_the_next_run_begins()
    {
        var (broken, sound) = (new TargetDouble { DisposalFailure = new InvalidOperationException("still there") }, TargetDouble.Ready());
        var first = Start("a", broken);
        var second = Start("b", sound);
        ReceiveN(2);

        EventFilter.Exception<InvalidOperationException>("the target of run a could not be stopped").ExpectOne(() =>
        {
            broken.Open();
            first.ExpectMsg<RunStarted>();
            EndRun();
            Assert.NotNull(first.ExpectMsg<RunEnded>().Result);
        });
        second.ExpectMsg<RunStarted>();
        EndRun();
        second.ExpectMsg<RunEnded>();
        await ExpectIdle(broken, sound);
    }

    [Fact]
    public async Task A_supervisor_that_crashes_ends_its_run_with_an_error_and_the_next_begins()
    {
        var (crashing, sound) = (new TargetDouble(), TargetDouble.Ready());
        var parts = new PartsDouble(_metrics, [_lane]);
        parts.MeterDouble.StopFailure = new InvalidOperationException("no /proc");
        var made = new Queue<IRunResources>([parts, new PartsDouble(_metrics, [_lane])]);
        _createParts = _ => made.Dequeue();
        var first = Start("a", crashing);
        var second = Start("b", sound);
        ReceiveN(2);

        EventFilter.Exception<InvalidOperationException>("no /proc").ExpectOne(() =>
        {
            crashing.Open();
            first.ExpectMsg<RunStarted>();
            var burst = _lane.ExpectMsg<LaneProtocol.OpenBurst>();
            _lane.LastSender.Tell(Ended(burst));
            var ended = first.ExpectMsg<RunEnded>();
            Assert.Null(ended.Result);
            Assert.Contains("bug", ended.Error, StringComparison.Ordinal);
        });
        second.ExpectMsg<RunStarted>();
        EndRun();
        second.ExpectMsg<RunEnded>();
        await ExpectIdle(crashing, sound);
    }

    [Fact]
    public async Task A_run_whose_parts_cannot_be_made_ends_with_an_error_and_the_next_begins()
    {
        var (first, second) = (new TargetDouble(), TargetDouble.Ready());
        var calls = 0;
        _createParts = _ => calls++ == 0 ? throw new InvalidOperationException("no descriptor") : new PartsDouble(_metrics, [_lane]);
        var listener = Start("a", first);
        var next = Start("b", second);
        ReceiveN(2);

        EventFilter.Exception<InvalidOperationException>("run a could not begin").ExpectOne(() =>
        {
            first.Open();
            listener.ExpectMsg(new RunEnded("a", null, "the run could not begin: no descriptor"));
        });
        next.ExpectMsg<RunStarted>();
        EndRun();
        next.ExpectMsg<RunEnded>();
        await ExpectIdle(first, second);
    }

    [Fact]
    public async Task A_manager_that_is_stopped_disposes_every_target_and_tells_every_listener()
    {
        var (active, queued) = (TargetDouble.Ready(), TargetDouble.Ready());
        var first = Start("a", active);
        var second = Start("b", queued);
        ReceiveN(2);
        first.ExpectMsg<RunStarted>();

        Watch(_manager);
        Sys.Stop(_manager);
        first.ExpectMsg(new RunEnded("a", null, "ActorLoad was shut down"));
        second.ExpectMsg(new RunEnded("b", null, "ActorLoad was shut down"));
        ExpectTerminated(_manager);
        await Task.WhenAll(active.Disposed, queued.Disposed);
        Assert.Equal((1, 1), (active.Disposals, queued.Disposals));
    }

    [Fact]
    public async Task Target_still_opening_when_the_manager_stops_is_disposed_once_open()
    {
        var target = new TargetDouble(heedsCancellation: false);
        var listener = Start("a", target);
        await target.Opening;

        Sys.Stop(_manager);
        listener.ExpectMsg(new RunEnded("a", null, "ActorLoad was shut down"));
        Assert.Equal(0, target.Disposals);
        target.Open();
        await target.Disposed;
        Assert.Equal(1, target.Disposals);
    }

    private IActorRef Manager(int maxQueue) =>
        Sys.ActorOf(RunManager.Props(maxQueue, order => _createParts(order.Settings), TimeProvider.System));

    private static RunLimits Limits { get; } = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    private void Pass(TimeSpan span) => ((VirtualScheduler)Sys.Scheduler).Advance(span);

    private TestProbe Start(string id, TargetDouble? target = null, IActorRef? manager = null, RunLimits? limits = null)
    {
        var listener = CreateTestProbe();
        (manager ?? _manager).Tell(
            new StartRun(id, Of(AfterBurst(10, TimeSpan.FromSeconds(1), count: 1)), target ?? TargetDouble.Ready(), listener) { Limits = limits },
            TestActor);
        return listener;
    }

    /// <summary>The active run and, after a semicolon, those that wait.</summary>
    private string Runs()
    {
        _manager.Tell(GetRuns.Instance, TestActor);
        var runs = FishForMessage<ActiveRuns>(_ => true);
        return $"{runs.Active}; {string.Join(' ', runs.Queued)}";
    }

    private void EndRun(LaneProtocol.OpenBurst? told = null)
    {
        var burst = told ?? _lane.FishForMessage<LaneProtocol.OpenBurst>(_ => true);
        var supervisor = _lane.LastSender;
        supervisor.Tell(Ended(burst));
        _metrics.FishForMessage<MetricsProtocol.Complete>(_ => true);
        supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(burst.Count), [], SocketFacts.None));
    }

    private async Task ExpectIdle(params TargetDouble[] targets)
    {
        await Task.WhenAll(targets.Select(target => target.Disposed));
        Assert.Equal("; ", Runs());
        Assert.All(targets, target => Assert.Equal(1, target.Disposals));
    }

    private static LaneProtocol.BurstShareEnded Ended(LaneProtocol.OpenBurst burst) => new(
        0, burst.Burst, burst.Count, burst.Count, burst.Count, 0, 0, burst.DueAt, burst.DueAt, burst.DueAt, false);
}
