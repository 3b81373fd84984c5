using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Doctor;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using ActorLoad.Runs;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Actors.Tests.Runs.RunSettingsBuilder;

namespace ActorLoad.Actors.Tests.Runs;

public sealed class RunDemandSpecs
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Bursts_that_wait_for_each_other_are_never_open_together()
    {
        var needs = RunDemand.Of(Of(AfterBurst(500, _second, 10), AfterBurst(800, TimeSpan.Zero, 3)), [Local(1)]);
        Assert.Equal((800L, 800L, 800L, 800L), (needs.Due, needs.Open, needs.OpenForEach, needs.BurstForEach));
    }

    [Theory]
    [InlineData(0, 500)]
    [InlineData(999, 500)]
    [InlineData(1_000, 1_000)]
    [InlineData(2_500, 1_500)]
    [InlineData(60_000, 2_000)] // there are no more than four bursts
    public void Bursts_with_fixed_pacing_overlap_while_connections_are_held(int hold, long open)
    {
        var settings = Of(Fixed(500, _second, 4));
        settings = settings with { Connection = settings.Connection with { Hold = TimeSpan.FromMilliseconds(hold) } };
        var needs = RunDemand.Of(settings, [Local(1)]);
        Assert.Equal((open, 500), (needs.Open, needs.BurstForEach));
    }

    [Theory]
    [InlineData(9_000, 0, 500)]
    [InlineData(400, 0, 500 + (3 * 100))]
    [InlineData(9_000, 500, 4 * 500)] // gone before the next burst
    public void Burst_opens_what_the_pool_has_not_kept(int maxIdle, int idleTimeout, long started)
    {
        var settings = Of(Fixed(500, _second, 4));
        var pool = new PoolSettings(maxIdle, TimeSpan.FromMilliseconds(idleTimeout), _second);
        settings = settings with { Connection = settings.Connection with { Pool = pool } };
        var needs = RunDemand.Of(settings, [Local(1)]);
        Assert.Equal((500L, 500L, started), (needs.Open, needs.OpenForEach, needs.StartedInMinute)); // idle ones are open
    }

    [Fact]
    public void Bursts_after_the_deadline_are_not_counted_in_the_demand()
    {
        var settings = Of(Fixed(500, _second, 100), AfterBurst(9_000, _second, 1)) with { Deadline = 3 * _second };
        settings = settings with { Connection = settings.Connection with { Hold = TimeSpan.FromHours(1) } };
        var needs = RunDemand.Of(settings, [Local(1)]);
        Assert.Equal((1_500L, 1_500L, "load.0"), (needs.Open, needs.StartedInMinute, needs.LargestBursts));
        needs = RunDemand.Of(settings with { Deadline = TimeSpan.Zero }, [Local(1)]);
        Assert.Equal((19_000L, "load.1"), (needs.Open, needs.LargestBursts));
    }

    [Theory]
    [InlineData(0, 10, 10)] // what comes in 10 ms meets in a queue
    [InlineData(2_000, 2_000, 10)]
    [InlineData(90_000, 60_000, 10)] // there are no more
    public void Connections_of_a_rate_overlap_while_they_are_held(int hold, long due, long together)
    {
        var settings = Of(new PacedSettings("day", LoadShape.Rate, new EvenArrivals(SegmentCurve.Constant(1_000, 60 * _second))));
        settings = settings with { Connection = settings.Connection with { Hold = TimeSpan.FromMilliseconds(hold) } };
        var needs = RunDemand.Of(settings, [Local(1)]);
        Assert.Equal((due, together, 60_000L), (needs.Due, needs.BurstForEach, needs.StartedInMinute));
    }

    [Fact]
    public void Busiest_minute_of_a_ramp_is_its_last()
    {
        var ramp = new SegmentCurve([new RateSegment(0, 100, TimeSpan.FromMinutes(10))]);
        var needs = RunDemand.Of(Of(new PacedSettings("ramp", LoadShape.Ramp, new EvenArrivals(ramp))), [Local(1)]);
        Assert.Equal(5_700, needs.StartedInMinute); // 95/s in the mean
    }

    [Fact]
    public void Fleets_need_the_sum_of_what_each_needs_at_each_address()
    {
        var (a, b) = (Local(1), Local(2));
        var settings = Of(AfterBurst(100, _second, 3));
        settings = settings with
        {
            Fleets =
            [
                settings.Fleets[0] with { Name = "web", Target = new TargetSettings([a.Name], Credentials.None) },
                settings.Fleets[0] with { Name = "jobs", Target = new TargetSettings([b.Name, a.Name], Credentials.None) },
            ],
        };

        var needs = RunDemand.Of(settings, [a, b]);
        Assert.Equal((200L, 150L, 600L), (needs.Open, needs.BurstForEach, needs.StartedInMinute));
        Assert.Equal([(a.Name, 150L), (b.Name, 50L)], needs.Shares.Select(share => (share.Target, share.Open)));
    }

    [Fact]
    public void Population_needs_room_for_all_and_a_queue_for_those_that_are_recycled()
    {
        var opening = new EvenArrivals(SegmentCurve.Constant(1_000, 2 * _second));
        var needs = RunDemand.Of(
            Of(new PacedSettings("pool", LoadShape.Population, opening)
            {
                Duration = 600 * _second,
                Population = new Population(2_000, TimeSpan.Zero, 0, 60 * _second, 0.25),
            }),
            [Local(1)]);
        Assert.Equal((2_000L, 500L), (needs.Open, needs.BurstForEach));
    }

    [Fact]
    public void Fixed_bursts_without_a_gap_count_as_one()
    {
        var needs = RunDemand.Of(Of(Fixed(500, TimeSpan.Zero, 4)), [Local(1)]);
        Assert.Equal((2_000L, 2_000L), (needs.Open, needs.BurstForEach));
    }

    [Fact]
    public void Open_connections_do_not_exceed_max_open()
    {
        var needs = RunDemand.Of(Of(AfterBurst(20_000, _second, 1)), [Local(1)]);
        Assert.Equal((20_000L, 19_000L, 19_000L), (needs.Due, needs.Open, needs.BurstForEach));
    }

    [Fact]
    public void Targets_share_the_load_and_a_target_named_twice_has_two_shares()
    {
        var even = RunDemand.Of(Of(AfterBurst(1_001, _second, 1)), [Local(1), Local(2)]);
        Assert.Equal((2, 501L, 501L), (even.Targets, even.OpenForEach, even.BurstForEach));
        var twice = RunDemand.Of(Of(AfterBurst(900, _second, 1)), [Local(1), Local(2), Local(1)]);
        Assert.Equal((2, 600L), (twice.Targets, twice.OpenForEach));
        Assert.Equal([new($"{Local(1)}", 600), new TargetShare($"{Local(2)}", 300)], twice.Shares);
    }

    [Fact]
    public void Connections_per_minute_count_the_bursts_that_fit_into_a_minute()
    {
        Assert.Equal(61_000, Minute(AfterBurst(1_000, _second, duration: TimeSpan.FromHours(1))));
        Assert.Equal(4_000, Minute(AfterBurst(1_000, _second, 4)));
        Assert.Equal(4_000, Minute(AfterBurst(1_000, TimeSpan.Zero, 4)));
        Assert.Equal(3_000, Minute(AfterBurst(1_000, _second, 1), AfterBurst(1_000, _second, 1), AfterBurst(1_000, _second, 1)));
        Assert.Equal(2_000, Minute(AfterBurst(1_000, TimeSpan.FromSeconds(90), 2), AfterBurst(2_000, _second, 1)));
        Assert.Null(Minute(AfterBurst(1_000, TimeSpan.Zero)));
    }

    [Fact]
    public void Connections_that_a_firewall_tracks_are_limited_by_what_can_be_opened()
    {
        Assert.Equal(11_000, RunDemand.Of(Of(AfterBurst(1_000, _second, 100)), [Local(1)]).Tracked);
        Assert.Equal(501_000, RunDemand.Of(Of(AfterBurst(1_000, TimeSpan.Zero, 10_000)), [Local(1)]).Tracked);
    }

    [Fact]
    public void Demand_copies_the_remaining_settings()
    {
        var settings = Of(AfterBurst(5, _second, 1));
        var needs = RunDemand.Of(settings, [Local(1)]);
        Assert.False(needs.IsGraceful || needs.IsEmbedded);
        Assert.True(needs.KernelPorts && needs.IsLoopback);
        settings = settings with
        {
            Connection = settings.Connection with { Socket = settings.Connection.Socket with { Close = CloseMode.Graceful, Ports = PortChoice.Slot } },
            Observers = settings.Observers with { Server = true },
        };
        needs = RunDemand.Of(settings, [new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1)]);
        Assert.True(needs is { IsGraceful: true, KernelPorts: false, IsLoopback: false, Observers: 1 }, $"{needs}");
    }

    private static long? Minute(params PhaseSettings[] load) => RunDemand.StartedWithin(RunPlan.Create([.. load]), TimeSpan.FromMinutes(1), 19_000);

    private static Endpoint Local(int port) => new IPEndPoint(IPAddress.Loopback, port);
}
