using ActorLoad.Diagnosis.Rules;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>What ActorLoad had used at one moment.</summary>
/// <param name="Cpu">Processor time of the process.</param>
/// <param name="LoopCpu">Processor time of its busiest loop; null where it cannot be had.</param>
/// <param name="LoopsCpu">Processor time of all loops.</param>
/// <param name="LoopsWait">Time in which loops were ready to run and had no processor.</param>
/// <param name="GcPause">Pauses of garbage collection.</param>
internal readonly record struct OwnReading(TimeSpan Cpu, TimeSpan? LoopCpu, TimeSpan? LoopsCpu, TimeSpan? LoopsWait, TimeSpan GcPause)
{
    /// <summary>Time in which loops had something to do, with a processor or without; null where it cannot be had.</summary>
    public TimeSpan? LoopsWanted => LoopsCpu + LoopsWait;

    /// <summary>True if the loops had no processor for most of that time.</summary>
    public bool IsStarved => LoopsWait / LoopsWanted > GeneratorLimited.MostWait;

    /// <summary>This process now. Its loops count from when <paramref name="loops"/> was started.</summary>
    public static OwnReading Now(ILoopMeter loops)
    {
        var usage = loops.Read();
        return new OwnReading(Environment.CpuUsage.TotalTime, usage?.BusiestCpu, usage?.Cpu, usage?.Wait, GC.GetTotalPauseDuration());
    }

    /// <summary>What was used between two moments. Of a loop that had not begun by the first one all counts.</summary>
    public static OwnReading operator -(OwnReading to, OwnReading from) => new(
        to.Cpu - from.Cpu, to.LoopCpu - (from.LoopCpu ?? TimeSpan.Zero), to.LoopsCpu - (from.LoopsCpu ?? TimeSpan.Zero),
        to.LoopsWait - (from.LoopsWait ?? TimeSpan.Zero), to.GcPause - from.GcPause);

    /// <summary>Both together.</summary>
    public static OwnReading operator +(OwnReading one, OwnReading other) => new(
        one.Cpu + other.Cpu, one.LoopCpu + other.LoopCpu, one.LoopsCpu + other.LoopsCpu, one.LoopsWait + other.LoopsWait, one.GcPause + other.GcPause);
}

/// <summary>What ActorLoad uses while bursts are open. What it does between them, and before the first, is no part of that.</summary>
/// <remarks>Of bursts that follow each other within <see cref="Shortest"/> some are measured and the others are not: a look costs as much as a small
/// burst would.</remarks>
/// <param name="read">Reads what was used so far.</param>
internal sealed class BusyMeter(Func<OwnReading> read)
{
    /// <summary>Time between two looks at the beginning of bursts.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private TimeSpan _next = TimeSpan.MinValue;
    private TimeSpan _since;
    private OwnReading _start;
    private bool _isOpen;

    /// <summary>How long it was measured.</summary>
    public TimeSpan Measured { get; private set; }

    /// <summary>What was used in that time.</summary>
    public OwnReading Used { get; private set; } = new(default, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, default);

    /// <summary>What loops wanted in bursts that had no processor for most of it. A neighbour that leaves after the first bursts spoils those alone.</summary>
    public TimeSpan Starved { get; private set; }

    /// <summary>Its share of all that they wanted; null if nothing was measured.</summary>
    public double? StarvedShare => Used.LoopsWanted is { } wanted && wanted > TimeSpan.Zero ? Starved / wanted : null;

    /// <summary>The first of bursts that overlap begins, or will soon.</summary>
    public void Begin(TimeSpan due, TimeSpan now)
    {
        if (!_isOpen && now >= _next)
        {
            (_isOpen, _next, _since, _start) = (true, now + Shortest, due > now ? due : now, read());
        }
    }

    /// <summary>The last of them has ended.</summary>
    public void End(TimeSpan now)
    {
        if (_isOpen)
        {
            _isOpen = false;
            var used = read() - _start;
            Used += used;
            Starved += used.IsStarved ? used.LoopsWanted!.Value : TimeSpan.Zero;
            Measured += now > _since ? now - _since : TimeSpan.Zero;
        }
    }

    /// <summary>A share of the measured time; null if none was measured.</summary>
    public double? ShareOf(TimeSpan? used) => Measured > TimeSpan.Zero ? used / Measured : null;
}
