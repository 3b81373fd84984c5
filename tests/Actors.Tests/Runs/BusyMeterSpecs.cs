using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public sealed class BusyMeterSpecs
{
    private TimeSpan _cpu;

    [Fact]
    public void CPU_between_bursts_is_not_counted_for_bursts()
    {
        var meter = Meter();
        meter.Begin(due: Seconds(1), now: Seconds(0.9)); // told ahead of its time
        Use(0.15);
        meter.End(Seconds(2));
        Use(10);
        meter.Begin(Seconds(60), Seconds(60));
        Use(0.15);
        meter.End(Seconds(61));

        Assert.Equal((Seconds(2), Seconds(0.3)), (meter.Measured, meter.Used.Cpu));
        Assert.Equal(0.15, meter.ShareOf(meter.Used.Cpu)!.Value, 6);
    }

    [Fact]
    public void Only_some_bursts_in_quick_succession_are_measured()
    {
        var reads = 0;
        var meter = new BusyMeter(() =>
        {
            reads++;
            return default;
        });
        for (var burst = 0; burst < 1_000; burst++)
        {
            meter.Begin(Seconds(burst * 0.001), Seconds(burst * 0.001));
            meter.End(Seconds((burst + 0.5) * 0.001));
        }

        Assert.Equal((40, TimeSpan.FromMilliseconds(10)), (reads, meter.Measured));
    }

    [Fact]
    public void Loop_not_yet_started_at_the_first_burst_counts_in_full()
    {
        TimeSpan? loop = null;
        var meter = new BusyMeter(() => new OwnReading(default, loop, loop, loop, default));
        meter.Begin(default, default);
        loop = Seconds(0.4);
        meter.End(Seconds(1));
        Assert.Equal(Seconds(0.4), meter.Used.LoopsWait);
    }

    [Fact]
    public void Busy_meter_measures_starvation_for_each_burst()
    {
        var (cpu, wait) = (TimeSpan.Zero, TimeSpan.Zero);
        var meter = new BusyMeter(() => new OwnReading(cpu, cpu, cpu, wait, default));
        foreach (var (ran, waited) in new[] { (0.1, 0.9), (0.4, 0.6), (0.5, 0.5), (0.7, 0.3), (0.3, 0.7) })
        {
            meter.Begin(cpu + wait, cpu + wait);
            cpu += Seconds(ran);
            wait += Seconds(waited);
            meter.End(cpu + wait);
        }

        Assert.Equal((Seconds(2), 0.4), (meter.Starved, meter.StarvedShare));
    }

    [Fact]
    public void Loops_with_unknown_waits_have_no_share()
    {
        var meter = new BusyMeter(() => new OwnReading(default, null, null, null, default));
        meter.Begin(default, default);
        meter.End(Seconds(1));
        Assert.Null(meter.StarvedShare);
    }

    [Fact]
    public void Meter_without_a_measurement_has_no_share() => Assert.Null(Meter().ShareOf(Seconds(1)));

    private BusyMeter Meter() => new(() => new OwnReading(_cpu, _cpu, _cpu, default, default));

    private void Use(double seconds) => _cpu += Seconds(seconds);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
