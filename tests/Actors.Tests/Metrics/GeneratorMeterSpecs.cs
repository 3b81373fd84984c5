using ActorLoad.Metrics;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class GeneratorMeterSpecs
{
    private const long Megabyte = 1_000_000;

    private ProcessReading _now = new(TimeSpan.FromSeconds(2), 50 * Megabyte, 60 * Megabyte, TimeSpan.FromMilliseconds(10));

    [Fact]
    public void It_divides_what_was_used_since_the_start_by_the_connections()
    {
        var meter = Started();
        _now = new(TimeSpan.FromSeconds(3), 130 * Megabyte, 130 * Megabyte, TimeSpan.FromMilliseconds(12.5));

        Assert.Equal(new GeneratorUsage(50, 130 * Megabyte, 10_000, 2.5, 8_000), meter.Read(opened: 20_000, peakOpen: 8_000));
    }

    [Fact]
    public void After_the_stop_no_more_CPU_is_counted()
    {
        var meter = Started();
        _now = _now with { Cpu = TimeSpan.FromSeconds(3) };
        meter.Stop();
        _now = _now with { Cpu = TimeSpan.FromSeconds(9), GcPause = TimeSpan.FromSeconds(9) };
        meter.Stop();

        Assert.Equal((1_000, 0), Of(meter.Read(1_000, 10)));

        static (double, double) Of(GeneratorUsage usage) => (usage.CpuMicrosPerConnection, usage.GcPauseMillis);
    }

    [Fact]
    public void The_peak_of_an_earlier_run_in_this_process_is_not_its_own()
    {
        _now = _now with { PeakRss = 900 * Megabyte };
        var meter = Started();
        _now = _now with { Rss = 80 * Megabyte };
        meter.Read(1, 1);
        _now = _now with { Rss = 55 * Megabyte };

        Assert.Equal(80 * Megabyte, meter.Read(1, 1).PeakRssBytes);
    }

    [Fact]
    public void A_peak_between_two_readings_is_seen_once_the_process_has_a_new_one()
    {
        var meter = Started();
        _now = _now with { PeakRss = 75 * Megabyte };

        Assert.Equal(75 * Megabyte, meter.Read(1, 1).PeakRssBytes);
    }

    [Fact]
    public void A_second_start_begins_anew()
    {
        var meter = Started();
        meter.Stop();
        _now = _now with { Cpu = TimeSpan.FromSeconds(7) };
        meter.Start();
        _now = _now with { Cpu = TimeSpan.FromSeconds(8) };

        Assert.Equal(1_000_000, meter.Read(1, 1).CpuMicrosPerConnection);
    }

    [Fact]
    public void Memory_for_each_connection_is_told_of_no_few()
    {
        var meter = Started();
        _now = _now with { Rss = 95 * Megabyte };

        Assert.Null(meter.Read(opened: 1_000, peakOpen: 50).BytesPerOpenConnection);
        Assert.Equal(45_000, meter.Read(opened: 1_000, peakOpen: 1_000).BytesPerOpenConnection);
    }

    [Property]
    public bool No_number_is_ever_negative_or_no_number(ushort opened, ushort peakOpen, bool start, bool stop, int rss)
    {
        var meter = new GeneratorMeter(() => _now);
        if (start)
        {
            meter.Start();
        }

        _now = _now with { Rss = Math.Abs((long)rss) };
        if (stop)
        {
            meter.Stop();
        }

        var usage = meter.Read(opened, peakOpen);
        return double.IsFinite(usage.CpuMicrosPerConnection) && usage.CpuMicrosPerConnection >= 0 && (usage.BytesPerOpenConnection ?? 0) >= 0
            && double.IsFinite(usage.GcPauseMillis) && usage.PeakRssBytes >= 0;
    }

    [Fact]
    public void It_reads_this_process()
    {
        var meter = new GeneratorMeter();
        meter.Start();
        var before = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - before < TimeSpan.FromMilliseconds(20))
        {
            Thread.SpinWait(1_000);
        }

        var usage = meter.Read(1, 1);
        Assert.True(usage.CpuMicrosPerConnection >= 20_000, $"{usage}");
        Assert.InRange(usage.PeakRssBytes, Megabyte, long.MaxValue);
    }

    private GeneratorMeter Started()
    {
        var meter = new GeneratorMeter(() => _now);
        meter.Start();
        return meter;
    }

    [Fact]
    public void A_process_that_cannot_be_read_for_want_of_descriptors_costs_no_result()
    {
        var exhausted = false;
        var meter = new GeneratorMeter(() => exhausted ? throw new InvalidOperationException("Process has exited") : _now);
        meter.Start();
        _now = _now with { Cpu = TimeSpan.FromSeconds(3) };
        var before = meter.Read(1_000, 10);
        exhausted = true;

        Assert.Equal(before, meter.Read(1_000, 10));
    }
}
