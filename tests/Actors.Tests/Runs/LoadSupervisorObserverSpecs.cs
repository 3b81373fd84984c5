using ActorLoad.Actors.Tests.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Runs;

public class LoadSupervisorObserverSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private static readonly RunObserved _seen = new([Healthy.Server], Healthy.Kernel, null, 0, ["what INFO says"]);

    [Fact]
    public void First_burst_and_the_runs_clock_wait_for_the_observers()
    {
        var (run, observers) = Watched();
        run.Pass(TimeSpan.FromSeconds(1));
        Assert.Empty(run.Bursts);

        run.Supervisor.Tell(ObserversReady.Instance);

        Assert.Equal(TimeSpan.Zero, Assert.Single(run.Bursts).DueAt);
        Assert.Equal(StormBegins.Instance, Told(observers).Single());
        Assert.Equal(1, run.Parts.MeterDouble.Starts);
    }

    [Fact]
    public void Result_waits_for_the_observers()
    {
        var (run, observers) = Begun();
        run.End(0);
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(10), [], SocketFacts.None));
        Assert.Equal([StormBegins.Instance, StormEnded.Instance], Told(observers));
        run.Pass(TimeSpan.FromMinutes(1));
        run.Parent.ExpectNoMsg(TimeSpan.Zero);

        run.Supervisor.Tell(_seen);

        var result = run.Parent.ExpectMsg<RunProtocol.RunEnded>().Result!;
        Assert.Equal(["what INFO says"], result.Ledgers!.Unseen);
        Assert.Equal(Healthy.Kernel, result.Ledgers.Kernel);
        Assert.True(result.Run.DurationSeconds < 1, "the wait is no part of the run");
    }

    [Fact]
    public void Share_that_ends_while_the_run_waits_for_observers_is_in_the_result()
    {
        var (run, _) = Begun();
        run.Supervisor.Tell(new RunProtocol.StopRun(SupervisedRun.Id, "stopped"));
        run.Pass(TimeSpan.FromSeconds(2.1)); // the burst has not ended by then
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(10), [], SocketFacts.None));

        run.End(0);
        run.Supervisor.Tell(_seen);

        Assert.Single(run.Parent.ExpectMsg<RunProtocol.RunEnded>().Result!.Bursts);
    }

    [Fact]
    public void Stopped_run_asks_its_observers_to_conclude_now()
    {
        var (run, observers) = Begun();
        run.Supervisor.Tell(new RunProtocol.StopRun(SupervisedRun.Id, "stopped"));
        run.End(0);
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(10), [], SocketFacts.None));

        Assert.Equal([StormBegins.Instance, ConcludeNow.Instance], Told(observers));
    }

    [Fact]
    public void Stopped_run_does_not_wait_for_its_observers()
    {
        var (run, observers) = Begun();
        run.End(0);
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(10), [], SocketFacts.None));

        run.Supervisor.Tell(new RunProtocol.StopRun(SupervisedRun.Id, "stopped"));

        Assert.Equal([StormBegins.Instance, StormEnded.Instance, ConcludeNow.Instance], Told(observers));
        run.Supervisor.Tell(_seen);
        Assert.Equal(Verdict.Interrupted, run.Parent.ExpectMsg<RunProtocol.RunEnded>().Result!.Verdict);
    }

    [Fact]
    public void Run_stopped_before_its_observers_are_ready_still_has_a_result()
    {
        var (run, _) = Watched();

        run.Supervisor.Tell(new RunProtocol.StopRun(SupervisedRun.Id, "stopped"));

        Assert.True(run.IsFinishing);
        Assert.Empty(run.Bursts);
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(0), [], SocketFacts.None));
        run.Supervisor.Tell(_seen);
        Assert.Equal(Verdict.Interrupted, run.Parent.ExpectMsg<RunProtocol.RunEnded>().Result!.Verdict);
        run.Supervisor.Tell(ObserversReady.Instance);
        Assert.Empty(run.Bursts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Failed_observers_lose_only_their_ledgers(bool hasBegun)
    {
        var (run, _) = hasBegun ? Begun() : Watched();

        run.Observers!.Tell(new InvalidOperationException("oh")); // it throws what it is told

        run.End(0);
        run.Supervisor.Tell(new MetricsProtocol.Completed(RunTotals.Succeeded(10), [], SocketFacts.None));
        var result = run.Parent.ExpectMsg<RunProtocol.RunEnded>().Result!;
        Assert.Equal((Verdict.Valid, 10), (result.Verdict, result.Connections.Succeeded));
        Assert.Equal(["the observers failed: what they saw is lost"], result.Ledgers!.Unseen);
    }

    private (SupervisedRun Run, TestProbe Observers) Watched()
    {
        var observers = CreateTestProbe("watch");
        return (new SupervisedRun(this, Of(Fixed(10, TimeSpan.FromSeconds(1), count: 1)), observers: observers), observers);
    }

    private (SupervisedRun Run, TestProbe Observers) Begun()
    {
        var watched = Watched();
        watched.Run.Supervisor.Tell(ObserversReady.Instance);
        return watched;
    }

    private static IReadOnlyList<object> Told(TestProbe probe) => [.. probe.ReceiveWhile<object>(TimeSpan.FromMinutes(1), TimeSpan.Zero, message => message)];
}
