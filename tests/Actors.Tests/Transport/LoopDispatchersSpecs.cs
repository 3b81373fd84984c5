using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class LoopDispatchersSpecs() : TestKit("actorload-loop-dispatcher.throughput = 7")
{
    [Fact]
    public void Loop_dispatcher_takes_its_HOCON_and_the_actor_systems_own_settings_win()
    {
        using var loop = new StubLoop(new ManualTime());

        var id = LoopDispatchers.Of(Sys).Get("a-loop", _ => loop).DispatcherId;

        Assert.Equal(("a-loop", 7), (Sys.Dispatchers.Lookup(id).Id, Sys.Dispatchers.Lookup(id).Throughput));
        Assert.Equal(TimeSpan.FromSeconds(1), Sys.Settings.Config.GetTimeSpan("actorload-loop-dispatcher.shutdown-timeout"));
    }

    [Fact]
    public void Loop_that_was_given_up_serves_no_other_run()
    {
        using StubLoop blocked = new(new ManualTime()), sound = new(new ManualTime());
        var loops = LoopDispatchers.Of(Sys);
        var first = loops.Get("a-loop", _ => blocked);
        Assert.Same(first, loops.Get("a-loop", _ => sound));

        blocked.GiveUp();

        var second = loops.Get("a-loop", _ => sound);
        Assert.Same(sound, second.Loop);
        Assert.NotEqual(first.DispatcherId, second.DispatcherId);
        Assert.Equal(second.DispatcherId, Sys.Dispatchers.Lookup(second.DispatcherId).Id);
        Assert.Same(second, loops.Get("a-loop", _ => throw new InvalidOperationException("there is one")));
    }

    [Fact]
    public void Dispatcher_id_belongs_to_one_loop_even_if_its_replacement_failed_at_first()
    {
        using StubLoop blocked = new(new ManualTime()), sound = new(new ManualTime());
        var loops = LoopDispatchers.Of(Sys);
        var first = loops.Get("a-loop", _ => blocked);
        blocked.GiveUp();
        Assert.Throws<RingUnavailableException>(() => loops.Get("a-loop", _ => throw new RingUnavailableException("no memory")));

        var second = loops.Get("a-loop", _ => sound);

        Assert.Same(blocked, loops.LoopOf(first.DispatcherId));
        Assert.Same(sound, loops.LoopOf(second.DispatcherId));
        Assert.Equal(second.DispatcherId, Sys.Dispatchers.Lookup(second.DispatcherId).Id);
    }

    [Fact]
    public void Loop_ends_with_its_last_run_and_its_dispatcher_gets_another_loop()
    {
        using StubLoop first = new(new ManualTime()), second = new(new ManualTime());
        var loops = LoopDispatchers.Of(Sys);
        var leased = loops.Lease("a-loop", _ => first);
        Assert.Same(leased, loops.Lease("a-loop", _ => second));

        loops.Release(leased, staysWarm: false);
        Assert.Same(leased, loops.Get("a-loop", _ => second));
        loops.Release(leased, staysWarm: false);
        AwaitCondition(() => first.IsDisposed);

        var again = loops.Lease("a-loop", _ => second);
        Assert.Equal((leased.DispatcherId, second), (again.DispatcherId, again.Loop));
        var ran = false;
        Sys.Dispatchers.Lookup(again.DispatcherId).Schedule(() => ran = true);
        Assert.True(ran);
        Assert.Equal((0, 1), (first.Done, second.Done));
    }

    [Fact]
    public void Warm_loop_stays_for_the_next_run_unless_it_is_not_usable()
    {
        using StubLoop first = new(new ManualTime()), second = new(new ManualTime());
        var loops = LoopDispatchers.Of(Sys);
        var leased = loops.Lease("a-loop", _ => first);
        loops.Release(leased, staysWarm: true);
        Assert.Same(leased, loops.Lease("a-loop", _ => second));

        first.GiveUp();
        loops.Release(leased, staysWarm: true);
        AwaitCondition(() => first.IsDisposed);
        Assert.NotEqual(leased.DispatcherId, loops.Lease("a-loop", _ => second).DispatcherId);
    }

    [Fact]
    public async Task Loops_end_once_with_their_actor_system()
    {
        using StubLoop ended = new(new ManualTime()), left = new(new ManualTime());
        var system = Akka.Actor.ActorSystem.Create("ends");
        var loops = LoopDispatchers.Of(system);
        loops.Release(loops.Lease("ended", _ => ended), staysWarm: false);
        loops.Get("left", _ => left);
        await system.Terminate();
        Assert.Equal((1, 1), (ended.Disposals, left.Disposals));
    }

    [Fact]
    public void Movable_work_leaves_an_abandoned_loop_and_is_done_once()
    {
        using var loop = new StubLoop(new ManualTime());
        var loops = LoopDispatchers.Of(Sys);
        var dispatcher = Sys.Dispatchers.Lookup(loops.MovableIdOf(loops.Get("a-loop", _ => loop)));
        var done = new System.Collections.Concurrent.ConcurrentQueue<string>();
        dispatcher.Schedule(() => done.Enqueue("on the loop"));
        Assert.Equal("on the loop", Assert.Single(done));
        Assert.Equal(1, loop.Done);

        loop.IsBlocked = true;
        dispatcher.Schedule(() => done.Enqueue("left behind"));
        Assert.Single(done);
        loop.GiveUp();
        dispatcher.Schedule(() => done.Enqueue("later"));
        AwaitCondition(() => done.Count == 3);
        foreach (var work in loop.Waiting)
        {
            work.Run();
        }

        Assert.Equal(["later", "left behind", "on the loop"], done.Order());
    }

    [Fact]
    public void Executor_without_its_loop_names_the_missing_loop()
    {
        var loops = LoopDispatchers.Of(Sys);
        Assert.Contains("no loop for dispatcher other", Assert.Throws<ConfigurationException>(() => loops.LoopOf("other")).Message, StringComparison.Ordinal);
    }
}
