using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Observers;
using ActorLoad.Runs;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;
using static ActorLoad.Runs.RunProtocol;

namespace ActorLoad.Actors.Tests.Runs;

/// <summary>A run that is to end by time, in virtual time.</summary>
public class LoadSupervisorDeadlineSpecs() : TestKit(VirtualScheduler.Configuration)
{
    private const string Reason = "run.deadline: the load was ended after 10 s; what was open then is counted as cancelled";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly RunSettings LongRun = Of(Fixed(10, Second, count: 3600)) with { Deadline = 10 * Second };

    [Fact]
    public void Deadline_ends_the_load_and_keeps_the_verdict()
    {
        var run = new SupervisedRun(this, LongRun);
        EndBurstsUntil(run, 9.9);
        Assert.Empty(run.Told<LaneProtocol.Abort>(0));

        run.Pass(0.2 * Second);
        Assert.All([0, 1], lane => Assert.Single(run.Told<LaneProtocol.Abort>(lane)));
        EndUnbegun(run);
        Assert.True(run.IsFinishing);
        run.Pass(1.5 * Second);
        Assert.Equal(11, run.Bursts.Count); // the eleventh was told, not begun
        var result = run.Complete(Totals(new ConnectionCounts(100, 100, 100, 0, 0, 0)));

        Assert.Equal((Verdict.Valid, 10), (result.Verdict, result.Bursts.Count));
        Assert.Equal([Reason], result.VerdictReasons);
    }

    [Fact]
    public void Connections_open_at_the_deadline_are_cancelled_and_thresholds_are_judged()
    {
        var run = new SupervisedRun(this, (Of(AfterBurst(10, Second)) with { Deadline = 10 * Second }).WithThresholds("success-ratio >= 0.99"));
        run.Pass(10.1 * Second);
        Assert.False(run.IsFinishing);
        run.End(0, share => share with { Succeeded = 0, Cancelled = share.Opened });
        var result = run.Complete(Totals(new ConnectionCounts(10, 10, 0, 0, 0, 10)));

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.False(Assert.Single(result.Thresholds).Met);
    }

    [Fact]
    public void Observers_hear_that_the_storm_ended_at_the_deadline_and_are_not_hurried()
    {
        var observers = CreateTestProbe("observers");
        var run = new SupervisedRun(this, LongRun, observers: observers);
        run.Pass(60 * Second); // the run's clock does not run while its observers get ready
        Assert.Empty(run.Bursts);
        run.Supervisor.Tell(ObserverProtocol.ObserversReady.Instance);
        EndBurstsUntil(run, 70.1);
        EndUnbegun(run);
        Assert.True(run.IsFinishing);
        run.Supervisor.Tell(new MetricsProtocol.Completed(Totals(new ConnectionCounts(100, 100, 100, 0, 0, 0)), [], Established(100)));

        observers.FishForMessage(message => message is ObserverProtocol.StormEnded);
    }

    [Theory]
    [InlineData("connect-timeout", Verdict.Aborted)]
    [InlineData("local-exhausted", Verdict.GeneratorLimited)]
    [InlineData("crashed", Verdict.Valid)]
    public void Target_unreached_by_the_deadline_aborts_the_run_unless_the_fault_is_ours(string cause, Verdict verdict)
    {
        var run = new SupervisedRun(this, LongRun);
        run.Pass(10.1 * Second);
        for (var burst = 0; burst < run.Bursts.Count; burst++)
        {
            run.End(burst, share => share with { Succeeded = 0, Cancelled = share.Opened, NeverReached = true });
        }

        var totals = RunTotals.Of(new ConnectionCounts(100, 100, 0, 0, 0, 100)) with { AttemptFailures = new Dictionary<string, long> { [cause] = 100 } };
        var result = run.Complete(totals);

        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(verdict == Verdict.Aborted, result.VerdictReasons.Any(reason => reason.StartsWith("the target was never reached: of 100 connections to ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Stop_before_the_deadline_is_an_interruption()
    {
        var run = new SupervisedRun(this, LongRun);
        run.Supervisor.Tell(new StopRun(SupervisedRun.Id, "SIGINT"));
        run.End(0);
        run.Pass(60 * Second);
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.Equal(Verdict.Interrupted, result.Verdict);
        Assert.DoesNotContain(Reason, result.VerdictReasons);
    }

    [Fact]
    public void Load_that_ends_before_the_deadline_does_not_mention_it()
    {
        var run = new SupervisedRun(this, Of(Fixed(10, Second, count: 1)) with { Deadline = 10 * Second });
        run.End(0);
        run.Pass(Second);
        var result = run.Complete(RunTotals.Succeeded(10));

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.Empty(result.VerdictReasons);
    }

    [Fact]
    public void Dropped_connections_are_not_blamed_on_max_open_alone_at_the_deadline()
    {
        var run = new SupervisedRun(this, Of(AfterBurst(10, Second)) with { Deadline = 10 * Second });
        run.Pass(10.1 * Second);
        run.End(0, share => share with { Opened = 1, Succeeded = 1 });
        var result = run.Complete(Totals(new ConnectionCounts(10, 2, 2, 0, 8, 0)));

        Assert.Equal("8 connections were due but not started: run.deadline came first, or connection.max-open = 19000 was reached", result.VerdictReasons[1]);
    }

    private static RunSnapshot Totals(ConnectionCounts counts) => RunTotals.Of(counts);

    private static SocketFacts Established(long connections) => SocketFacts.None with { Established = connections };

    private static void EndUnbegun(SupervisedRun run) =>
        run.End(run.Bursts.Count - 1, share => share with { Planned = 0, Opened = 0, Succeeded = 0, FirstStart = null, LastStart = null });

    // Each burst ends as soon as it is due.
    private static void EndBurstsUntil(SupervisedRun run, double seconds)
    {
        var ended = 0;
        while (run.Elapsed < seconds * Second)
        {
            run.Pass(0.1 * Second);
            for (; ended < run.Bursts.Count && run.Bursts[ended].DueAt <= run.Elapsed; ended++)
            {
                run.End(ended);
            }
        }
    }
}
