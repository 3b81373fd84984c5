using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;
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
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Simulated_run_of_an_hour_works_with_all_its_parts()
    {
        var result = Play(TimeSpan.FromHours(1), Of(Fixed(20, TimeSpan.FromSeconds(30), duration: TimeSpan.FromHours(1))));

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

    [Fact]
    public void Phases_of_a_rate_follow_each_other_by_the_clock_with_counts_of_their_own()
    {
        var result = Play(2 * TimeSpan.FromMinutes(1), Of(
            Paced("day", LoadShape.Rate, 10, 20 * _second),
            Paced("rest", LoadShape.Pause, 0, 5 * _second),
            Paced("rush", LoadShape.Rate, 40, 10 * _second) with { Repeat = 2 },
            Fixed(7, _second, count: 3)));

        Assert.Equal(["day", "rest", "rush", "storm"], result.Phases.Select(phase => phase.Name));
        Assert.Equal([200, 0, 800, 21], result.Phases.Select(phase => phase.Connections.Succeeded));
        Assert.Equal([0, 20, 25, 45], result.Phases.Select(phase => phase.BeganAt!.Value));
        Assert.Equal([20, 25, 45], result.Phases.Take(3).Select(phase => Math.Round(phase.EndedAt!.Value, 1)));
        Assert.Equal([200, 800, 21], result.Phases.Where(phase => phase.Shape != "pause").Select(phase => phase.Latency["total"].Count));
        Assert.Equal([3, 4, 5], result.Bursts.Select(burst => burst.Index - 1)); // the pause and both repetitions have numbers too
        Assert.Equal((1_021, 1_021), (result.Connections.Planned, result.Connections.Succeeded));
        Assert.InRange(result.Latency["start-lag"].Max, 0, 10_000); // never early, and at most a tick of the scheduler late
    }

    [Fact]
    public void Each_second_of_a_rate_has_its_connections()
    {
        var result = Play(30 * _second, Of(Paced("day", LoadShape.Rate, 250, 20 * _second)));

        Assert.Equal(5_000, result.Connections.Planned);
        Assert.All(result.Samples.Skip(1).SkipLast(1), sample => Assert.InRange(sample.Planned, 247, 253));
    }

    [Fact]
    public void Next_phase_does_not_wait_for_open_connections_of_a_rate()
    {
        var settings = Of(Paced("held", LoadShape.Rate, 10, 5 * _second), Fixed(3, _second, count: 1));
        settings = settings with { Connection = settings.Connection with { Hold = 30 * _second } };

        var result = Play(2 * TimeSpan.FromMinutes(1), settings);

        Assert.Equal([0, 5], result.Phases.Select(phase => phase.BeganAt!.Value));
        Assert.Equal((53, 53), (result.Connections.Succeeded, result.Generator.PeakOpen));
    }

    [Fact]
    public void Connections_beyond_max_open_are_dropped_and_their_time_does_not_come_again()
    {
        var settings = Of(Paced("held", LoadShape.Rate, 10, 10 * _second));
        settings = settings with { Connection = settings.Connection with { Hold = 60 * _second, MaxOpen = 30 } };

        var result = Play(2 * TimeSpan.FromMinutes(1), settings);

        Assert.Equal((100, 30, 70), (result.Connections.Planned, result.Connections.Opened, result.Connections.Dropped));
        Assert.InRange(result.Run.DurationSeconds, 62, 64);
    }

    [Fact]
    public void Deadline_ends_a_rate_and_what_was_not_due_is_not_planned()
    {
        var settings = Of(Paced("day", LoadShape.Rate, 10, 60 * _second), Fixed(3, _second, count: 1)) with { Deadline = 12.05 * _second };

        var result = Play(2 * TimeSpan.FromMinutes(1), settings);

        Assert.Equal(Verdict.Valid, result.Verdict);
        Assert.InRange(result.Connections.Planned, 120, 122);
        Assert.Equal(result.Connections.Planned, result.Connections.Succeeded + result.Connections.Cancelled);
        Assert.Equal(["day"], result.Phases.Select(phase => phase.Name));
    }

    [Fact]
    public void Thousand_phases_need_memory_for_a_few()
    {
        var result = Play(TimeSpan.FromMinutes(5), Of(
            [.. Enumerable.Range(0, 400).Select(index => Paced($"p{index}", LoadShape.Rate, 20, TimeSpan.FromMilliseconds(100)))]));

        Assert.Equal(400, result.Phases.Count);
        Assert.All(result.Phases, phase => Assert.Equal((2, 2), (phase.Connections.Succeeded, phase.Latency["total"].Count)));
    }

    [Fact]
    public void Population_is_kept_open_and_each_place_opens_a_new_connection_after_a_lifetime()
    {
        var result = Play(TimeSpan.FromMinutes(3), Of(Kept(100, 60 * _second, lifetime: 10 * _second)));

        // 100 places of 60 s: the first generation opens within 1 s, the sixth is cut short by the end of the phase.
        Assert.Equal((600, 600, 0), (result.Connections.Planned, result.Connections.Succeeded, result.Connections.Failed));
        Assert.Equal(100, result.Generator.PeakOpen);
        Assert.All(result.Samples.Skip(2).SkipLast(2), sample => Assert.InRange(sample.Open, 95, 100));
        Assert.InRange(result.Run.DurationSeconds, 60, 61);
        Assert.Equal(600, Assert.Single(result.Phases).Latency["total"].Count);
    }

    [Fact]
    public void Population_without_lifetime_opens_each_place_once()
    {
        var result = Play(TimeSpan.FromMinutes(3), Of(Kept(70, 60 * _second), Fixed(5, _second, count: 1)));

        Assert.Equal([70, 5], result.Phases.Select(phase => phase.Connections.Succeeded));
        Assert.Equal([0, 60], result.Phases.Select(phase => phase.BeganAt!.Value));
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(0.5, 100)]
    [InlineData(0.333, 67)] // of cohorts of 64
    public void Recycled_share_of_a_population_closes_at_once_and_its_places_open_again(double share, int closed)
    {
        var result = Play(TimeSpan.FromMinutes(2), Of(Kept(200, 60 * _second, recycleAt: 30 * _second, recycleShare: share)));

        Assert.Equal((200 + closed, 200 + closed), (result.Connections.Planned, result.Connections.Succeeded));
        Assert.Equal(closed, result.Samples.Where(sample => sample.At is > 29 and < 33).Sum(sample => sample.Succeeded));
    }

    [Fact]
    public void Jitter_spreads_lifetimes()
    {
        var result = Play(TimeSpan.FromMinutes(2), Of(Kept(500, 30 * _second, lifetime: 20 * _second, jitter: 0.5)));

        // The second generation comes between 10 s and 30 s, and hardly more than its share in one second.
        Assert.All(result.Samples.Where(sample => sample.At is > 2 and < 10), sample => Assert.Equal(0, sample.Succeeded));
        Assert.All(result.Samples.Where(sample => sample.At is > 12 and < 28), sample => Assert.InRange(sample.Succeeded, 8, 50));
    }

    [Fact]
    public void Stopped_population_is_cancelled_and_opens_nothing_more()
    {
        var result = Play(TimeSpan.FromMinutes(2), Of(Kept(100, 60 * _second, lifetime: 5 * _second)) with { Deadline = 20.5 * _second });

        Assert.Equal(100, result.Connections.Cancelled);
        Assert.Equal(result.Connections.Opened, result.Connections.Succeeded + 100);
        Assert.InRange(result.Run.DurationSeconds, 20.5, 21.5);
    }

    [Fact]
    public void Fleets_storm_side_by_side_with_counts_of_their_own()
    {
        var settings = Of(Fixed(1, _second, count: 1));
        var (only, far) = (settings.Fleets[0], new Endpoint(new IPEndPoint(IPAddress.Loopback, 6380), "far:6380"));
        settings = settings with
        {
            Target = new TargetSettings([.. Target.Names, far.Name], settings.Target.Credentials),
            Fleets =
            [
                only with { Name = "web", Load = [Paced("day", LoadShape.Rate, 10, 20 * _second), Paced("rush", LoadShape.Rate, 20, 10 * _second)] },
                only with
                {
                    Name = "jobs", Load = [Fixed(5, 2 * _second, count: 6)],
                    Target = new TargetSettings([far.Name, .. Target.Names], settings.Target.Credentials),
                    Connection = only.Connection with { Hold = 3 * _second },
                },
            ],
        };

        var result = Play(TimeSpan.FromMinutes(1), settings, Target with { Names = settings.Target.Endpoints, Endpoints = [.. Target.Endpoints, far] });

        Assert.Equal([("web", 400L), ("jobs", 30L)], result.Fleets.Select(fleet => (fleet.Name, fleet.Connections.Succeeded)));
        Assert.Equal([400, 30], result.Fleets.Select(fleet => fleet.Latency["total"].Count));
        Assert.Equal(
            [("web", "day", 200L, 0.0), ("web", "rush", 200, 20), ("jobs", "storm", 30, 0)],
            result.Phases.Select(phase => (phase.Fleet!, phase.Name, phase.Connections.Succeeded, phase.BeganAt!.Value)));
        Assert.Equal([0, 2, 4, 6, 8, 10], result.Bursts.Select(burst => burst.DueAt));
        Assert.All(result.Bursts, burst => Assert.Equal(("jobs", 5L), (burst.Fleet, burst.Succeeded)));
        Assert.Equal([("db:6379", 415L), ("far:6380", 15L)], result.Endpoints.Select(endpoint => (endpoint.Endpoint, endpoint.Connections.Succeeded)));
        Assert.Equal((430, 430), (result.Connections.Planned, result.Connections.Succeeded));
        Assert.InRange(result.Run.DurationSeconds, 30, 31);
    }

    [Theory]
    [InlineData(30_000, 40, 0)] // long before the next burst
    [InlineData(59_940, 40, 0)]
    [InlineData(60_020, 0, 40)] // the burst is first
    public void Pool_loses_connections_when_the_server_closes_them(int limit, int closed, int reused)
    {
        var result = Play(TimeSpan.FromMinutes(5), Pooled(Fixed(20, 60 * _second, count: 3)), idleLimit: TimeSpan.FromMilliseconds(limit));

        Assert.Equal((60, 60, 0L, (long)reused), (result.Connections.Succeeded, result.Connections.Planned, result.Pool!.Replaced, result.Connections.Reused));
        Assert.Equal((closed, 20), (result.Pool.Closed.GetValueOrDefault("peer-closed"), result.Pool.Closed["run-over"]));
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(-10)]
    [InlineData(0)]
    [InlineData(10)]
    public void Server_that_closes_idle_connections_when_they_are_taken_over_costs_no_use(int later)
    {
        var limit = (60 * _second) - (2 * VirtualLoop.RoundTrip) + TimeSpan.FromMilliseconds(later);
        var result = Play(TimeSpan.FromMinutes(5), Pooled(Fixed(20, 60 * _second, count: 3)), idleLimit: limit);

        Assert.Equal((60, 60), (result.Connections.Succeeded, result.Connections.Planned));
        Assert.Equal(60, result.Connections.Reused!.Value + result.Connections.Opened);
    }

    [Fact]
    public void Server_that_closes_a_connection_which_thinks_ends_it_then()
    {
        var think = new ScriptSettings { Repeat = 2, Think = new ThinkTime(60 * _second, ThinkDistribution.Fixed) };
        var result = Play(TimeSpan.FromMinutes(5), Of(Fixed(20, _second, count: 1)), idleLimit: 5 * _second, how: think);

        Assert.Equal(20, result.Outcomes["peer-closed"]);
        Assert.InRange(result.Run.DurationSeconds, 5, 6);
    }

    [Fact]
    public void Single_fleet_with_a_name_is_in_the_result()
    {
        var settings = Of(Fixed(7, _second, count: 1));

        var result = Play(30 * _second, settings with { Fleets = [settings.Fleets[0] with { Name = "web" }] });

        var fleet = Assert.Single(result.Fleets);
        Assert.Equal(("web", result.Connections, 7L), (fleet.Name, fleet.Connections, fleet.Latency["total"].Count));
        Assert.Equal("web", Assert.Single(result.Phases).Fleet);
    }

    private static PacedSettings Kept(
        int connections, TimeSpan duration, TimeSpan lifetime = default, double jitter = 0, TimeSpan recycleAt = default, double recycleShare = 0) =>
        Paced("pool", LoadShape.Population, connections, _second) with
        {
            Duration = duration,
            Population = new Population(connections, lifetime, jitter, recycleAt, recycleShare),
        };

    private static RunSettings Pooled(PhaseSettings phase)
    {
        var settings = Of(phase);
        var connection = settings.Connection with { Pool = new PoolSettings(9_000, TimeSpan.Zero, TimeSpan.FromHours(1)) };
        return settings with { Connection = connection, Fleets = [settings.Fleets[0] with { Connection = connection }] };
    }

    private static PacedSettings Paced(string name, LoadShape shape, double rate, TimeSpan duration) =>
        new(name, shape, new EvenArrivals(SegmentCurve.Constant(rate, duration)));

    private RunResult Play(
        TimeSpan time, RunSettings settings, ResolvedTarget? target = null, TimeSpan? idleLimit = null, ScriptSettings? how = null)
    {
        var scheduler = (VirtualScheduler)Sys.Scheduler;
        var transports = new VirtualTransports(Sys, scheduler.Time) { IdleLimit = idleLimit };
        Assert.True(Script.TryParse([new ScriptLine("PING")], how ?? new ScriptSettings(), out var script, out _));
        settings = settings with
        {
            Connection = settings.Connection with { Script = script! },
            Fleets = [.. settings.Fleets.Select(fleet => fleet with { Connection = fleet.Connection with { Script = script! } })],
        };
        var order = settings.Order(TestActor, scheduler.Time) with { Target = target ?? Target };
        var parent = CreateTestProbe();
        parent.ChildActorOf(LoadSupervisor.Props(order, new RunResources(order, transports)), order.RunId);
        transports.Loop.Pump();

        scheduler.Pass(time, transports.Loop.Pump);
        Assert.True(parent.HasMessages, "the run has not ended");
        return parent.ExpectMsg<RunEnded>().Result!;
    }
}
