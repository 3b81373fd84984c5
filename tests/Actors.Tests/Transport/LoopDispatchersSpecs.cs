using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class LoopDispatchersSpecs() : TestKit("actorload-loop-dispatcher.throughput = 7")
{
    [Fact]
    public void A_loop_is_a_dispatcher_as_HOCON_has_it_and_an_actor_systems_own_settings_win()
    {
        using var loop = new StubLoop(new ManualTime());

        var id = LoopDispatchers.Of(Sys).Get("a-loop", _ => loop).DispatcherId;

        Assert.Equal(("a-loop", 7), (Sys.Dispatchers.Lookup(id).Id, Sys.Dispatchers.Lookup(id).Throughput));
        Assert.Equal(TimeSpan.FromSeconds(1), Sys.Settings.Config.GetTimeSpan("actorload-loop-dispatcher.shutdown-timeout"));
    }

    [Fact]
    public void A_loop_that_was_given_up_is_for_no_other_run()
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
    public void An_id_belongs_to_one_loop_even_if_its_replacement_could_not_be_made_at_first()
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
    public void An_executor_without_its_loop_says_which_is_missing()
    {
        var loops = LoopDispatchers.Of(Sys);
        Assert.Contains("no loop for dispatcher other", Assert.Throws<ConfigurationException>(() => loops.LoopOf("other")).Message, StringComparison.Ordinal);
    }
}
