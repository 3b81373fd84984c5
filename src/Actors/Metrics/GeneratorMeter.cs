using System.Diagnostics;

namespace ActorLoad.Metrics;

/// <summary>Measures the generator's own use of the machine during one run. Safe to call from any thread.</summary>
public interface IGeneratorMeter
{
    /// <summary>Takes the baseline: call it just before the first connection starts.</summary>
    void Start();

    /// <summary>Ends the window for CPU and collections: call it when the last connection is closed.</summary>
    void Stop();

    /// <summary>The use since <see cref="Start"/>, up to <see cref="Stop"/> if that was called.</summary>
    /// <param name="opened">Connections opened so far.</param>
    /// <param name="peakOpen">Most open at once so far.</param>
    GeneratorUsage Read(long opened, long peakOpen);
}

/// <summary>The use of a process since its start, read at one moment.</summary>
/// <param name="Cpu">User and system time of all threads.</param>
/// <param name="Rss">Resident memory, bytes.</param>
/// <param name="PeakRss">Most resident memory ever, bytes.</param>
/// <param name="GcPause">Pauses of garbage collection.</param>
internal readonly record struct ProcessReading(TimeSpan Cpu, long Rss, long PeakRss, TimeSpan GcPause)
{
    /// <summary>Reads this process.</summary>
    public static ProcessReading Now()
    {
        using var process = Process.GetCurrentProcess();
        return new(Environment.CpuUsage.TotalTime, Environment.WorkingSet, process.PeakWorkingSet64, GC.GetTotalPauseDuration());
    }
}

/// <summary>Measures this process, including other work that it does during the run (another client, a user interface).</summary>
/// <remarks>Peak memory is the largest reading. It is the process's own peak if that has grown since <see cref="Start"/>, because an
/// older peak belongs to an earlier run in the process.</remarks>
public sealed class GeneratorMeter : IGeneratorMeter
{
    // Warming up takes about 40 MB for the process itself, which would be most of the figure with fewer connections.
    private const long FewestOpen = 500;

    private readonly Lock _lock = new();
    private readonly Func<ProcessReading> _read;
    private ProcessReading? _start;
    private ProcessReading? _stop;
    private ProcessReading _last;
    private long _peakRss;

    /// <summary>A meter of this process.</summary>
    public GeneratorMeter()
        : this(ProcessReading.Now)
    {
    }

    internal GeneratorMeter(Func<ProcessReading> read) => _read = read;

    /// <inheritdoc/>
    public void Start()
    {
        lock (_lock)
        {
            _start = _last = _read();
            _stop = null;
            _peakRss = _start.Value.Rss;
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_lock)
        {
            _stop ??= Observe();
        }
    }

    /// <inheritdoc/>
    public GeneratorUsage Read(long opened, long peakOpen)
    {
        lock (_lock)
        {
            var end = _stop ?? Observe();
            var start = _start ?? end;
            return new GeneratorUsage(
                opened > 0 ? Math.Round((end.Cpu - start.Cpu).TotalMicroseconds / opened, 1) : 0,
                _peakRss,
                peakOpen >= FewestOpen ? Math.Max(0, _peakRss - start.Rss) / peakOpen : null,
                Math.Round((end.GcPause - start.GcPause).TotalMilliseconds, 3),
                peakOpen);
        }
    }

    private ProcessReading Observe()
    {
        var now = ReadOrLast();
        _peakRss = Math.Max(_peakRss, now.Rss);
        if (_start is { } start && now.PeakRss > start.PeakRss)
        {
            _peakRss = Math.Max(_peakRss, now.PeakRss);
        }

        return now;
    }

    // Reading a process takes a descriptor, and a storm may have taken the last one. Then the last reading counts.
    private ProcessReading ReadOrLast()
    {
        try
        {
            return _last = _read();
        }
        catch (Exception cause) when (cause is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return _last;
        }
    }
}
