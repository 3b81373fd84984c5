using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class ConnectModesSpecs
{
    /// <summary>Connect times in milliseconds with their counts, and the heaps among them.</summary>
    public static TheoryData<(int Millis, long Count)[], (int Second, long Count)[]> Times => new()
    {
        { [], [] },
        { [(1, 5_000), (400, 80), (900, 3)], [] },
        { [(1, 500), (1_001, 40), (1_033, 7), (1_180, 3)], [(1, 50)] },
        { [(1_010, 40), (2_020, 20), (3_030, 10), (4_040, 5), (5_050, 2), (7_070, 1)], [(1, 40), (2, 20), (3, 10), (4, 5), (5, 2), (7, 1)] },
        { [(3_000, 9), (7_000, 4)], [(3, 9), (7, 4)] }, // an older kernel doubles from the first on
        { [(1_010, 26), (1_300, 25), (1_600, 25), (1_900, 24)], [] }, // merely slow
        { [(1_010, 60), (1_400, 20), (1_800, 20)], [(1, 60)] },
        { [(991, 10)], [(1, 10)] }, // histograms keep three digits
        { [(980, 10), (1_260, 10)], [] },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void Cluster_of_connect_times_just_after_a_whole_second_is_a_mode((int Millis, long Count)[] times, (int Second, long Count)[] modes)
    {
        var found = new ConnectModes();
        foreach (var (millis, count) in times)
        {
            found.Add(millis * 1_000L, count);
        }

        Assert.Equal(modes, found.Seconds().Select(mode => (mode.Key, mode.Value)).Order());
        Assert.Equal(times.Sum(time => time.Count), found.Connects);
        Assert.Equal(times.Where(time => time.Millis >= 990).Sum(time => time.Count), found.OverASecond);
    }

    [Fact]
    public void Connect_time_of_a_long_round_trip_is_not_a_mode()
    {
        var found = new ConnectModes(roundTrip: 1_200_000);
        found.Add(1_200_000, 2_000);
        found.Add(1_231_000, 40);
        found.Add(2_210_000, 30);

        Assert.Equal((2_040, 2_070, 2_070), (found.Distant, found.OverASecond, found.Connects));
        Assert.Equal((1, 30), (Assert.Single(found.Seconds()).Key, Assert.Single(found.Seconds()).Value));
    }

    [Fact]
    public void Lost_SYN_takes_a_second_and_a_round_trip()
    {
        var found = new ConnectModes(roundTrip: 500_000);
        found.Add(500_000, 1_900);
        found.Add(1_510_000, 100);

        Assert.Equal((0, 100), (found.Distant, Assert.Single(found.Seconds()).Value));
    }

    [Fact]
    public void Successes_and_failures_are_counted_together()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1_004_000);
        histogram.Record(900);
        var found = new ConnectModes();

        found.Add(histogram);
        found.Add(histogram);

        Assert.Equal(4, found.Connects);
        Assert.Equal(2, Assert.Single(found.Seconds()).Value);
    }
}
