using ActorLoad.Observers;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers;

/// <summary>Readings over time, a bounded number of them.</summary>
public sealed class CourseSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(299)]
    [InlineData(54_321)]
    [InlineData(99_999)]
    public void Lone_peak_among_100_000_readings_survives(int at)
    {
        var course = new Course<ServerMoment>(ServerMoment.Most, ServerMoment.Merge);
        for (var second = 0; second < 100_000; second++)
        {
            course.Add(new ServerMoment(second) { Clients = second == at ? 11 : 10, MainThreadShare = second == at ? 0.9 : null });
        }

        Assert.InRange(course.Moments.Count, ServerMoment.Most / 2, ServerMoment.Most);
        var peak = course.Moments.Single(moment => moment.Clients == 11);
        Assert.Equal(0.9, peak.MainThreadShare);
        Assert.InRange(peak.At, at, at + (2 * 100_000 / (ServerMoment.Most / 2)));
        Assert.Equal(99_999, course.Moments[^1].At);
    }

    [Fact]
    public void Counts_of_merged_readings_add_up()
    {
        var course = new Course<KernelMoment>(4, KernelMoment.Merge);
        foreach (var second in Enumerable.Range(1, 11))
        {
            course.Add(new KernelMoment(second, second) { AcceptQueue = second == 3 ? 9 : null });
        }

        Assert.Equal(
            [new KernelMoment(4, 10) { AcceptQueue = 9 }, new KernelMoment(8, 26), new KernelMoment(11, 30)], course.Moments);
    }
}
