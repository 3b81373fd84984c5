using ActorLoad.Connections;
using ActorLoad.Runs;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>Whole runs, with the supervisor, lanes, connections and metrics of the product, in virtual time.</summary>
public class VirtualRunSpecs() : TestKit(VirtualScheduler.Configuration + """

    akka.actor.default-dispatcher.type = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
    """)
{
    [Fact]
    public void Simulated_run_of_an_hour_works_with_all_its_parts()
    {
        var scheduler = (VirtualScheduler)Sys.Scheduler;
        var transports = new VirtualTransports(Sys, scheduler.Time);
        var settings = Of(Fixed(20, TimeSpan.FromSeconds(30), duration: TimeSpan.FromHours(1)));
        Assert.True(Script.TryParse(["PING"], out var script, out _));
        settings = settings with { Connection = settings.Connection with { Script = script! } };
        var order = settings.Order(TestActor, scheduler.Time);
        var parent = CreateTestProbe();
        parent.ChildActorOf(LoadSupervisor.Props(order, new RunResources(order, transports)), order.RunId);
        transports.Loop.Pump();

        scheduler.Pass(TimeSpan.FromHours(1), transports.Loop.Pump);
        Assert.True(parent.HasMessages, "the run has not ended");
        var result = parent.ExpectMsg<RunEnded>().Result!;

        Assert.Equal((2_400, 2_400), (result.Connections.Planned, result.Connections.Succeeded));
        Assert.Equal(120, result.Bursts.Count);
        Assert.All(result.Bursts, burst => Assert.Equal(burst.Index * 30.0, burst.DueAt));

        // Every time is the virtual clock's: ticks of the scheduler are 10 ms, and a round trip takes two.
        Assert.InRange(result.Latency["connect"].Max, 20_000, 20_100);
        Assert.InRange(result.Latency["first-reply"].P50, 20_000, 20_100);
        Assert.InRange(result.Run.DurationSeconds, 3_570, 3_571);
        Assert.InRange(result.Samples.Count, 400, 900);
        Assert.InRange(result.Samples[^1].At, 3_570, 3_571);
    }
}
