using ActorLoad.Metrics;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public class GeneratorMeterSpecs
{
    private const long Megabyte = 1_000_000;

    private ProcessReading _now = new(TimeSpan.FromSeconds(2), 50 * Megabyte, 60 * Megabyte, TimeSpan.FromMilliseconds(10));

    [Fact]
    public void Meter_divides_the_use_since_the_start_by_the_connections()
    {
        var meter = Started();
        _now = new(TimeSpan.FromSeconds(3), 130 * Megabyte, 130 * Megabyte, TimeSpan.FromMilliseconds(12.5));

        Assert.Equal(new GeneratorUsage(50, 130 * Megabyte, 10_000, 2.5, 8_000), meter.Read(opened: 20_000, peakOpen: 8_000));
    }

    [Fact]
    public void CPU_after_the_stop_is_not_counted()
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
    public void Peak_of_an_earlier_run_in_this_process_is_not_counted()
    {
        _now = _now with { PeakRss = 900 * Megabyte };
        var meter = Started();
        _now = _now with { Rss = 80 * Megabyte };
        meter.Read(1, 1);
        _now = _now with { Rss = 55 * Megabyte };

        Assert.Equal(80 * Megabyte, meter.Read(1, 1).PeakRssBytes);
    }

    [Fact]
    public void Peak_between_two_readings_is_seen_when_the_process_reports_it()
    {
        var meter = Started();
        _now = _now with { PeakRss = 75 * Megabyte };

        Assert.Equal(75 * Megabyte, meter.Read(1, 1).PeakRssBytes);
    }

    [Fact]
    public void Second_start_resets_the_meter()
    {
        var meter = Started();
        meter.Stop();
        _now = _now with { Cpu = TimeSpan.FromSeconds(7) };
        meter.Start();
        _now = _now with { Cpu = TimeSpan.FromSeconds(8) };

        Assert.Equal(1_000_000, meter.Read(1, 1).CpuMicrosPerConnection);
    }

    [Fact]
    public void Memory_per_connection_is_shown_only_for_many_connections()
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
    public void Meter_reads_this_process()
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
    public void Process_that_cannot_be_read_keeps_its_last_reading()
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
