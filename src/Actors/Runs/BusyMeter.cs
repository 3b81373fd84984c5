using ActorLoad.Diagnosis.Rules;
using ActorLoad.Transport;

namespace ActorLoad.Runs;

/// <summary>ActorLoad's own use of the machine up to one moment.</summary>
/// <param name="Cpu">Processor time of the process.</param>
/// <param name="LoopCpu">Processor time of its busiest loop; null where it is unknown.</param>
/// <param name="LoopsCpu">Processor time of all loops.</param>
/// <param name="LoopsWait">Time in which loops were ready to run but had no processor.</param>
/// <param name="GcPause">Pauses of garbage collection.</param>
internal readonly record struct OwnReading(TimeSpan Cpu, TimeSpan? LoopCpu, TimeSpan? LoopsCpu, TimeSpan? LoopsWait, TimeSpan GcPause)
{
    /// <summary>Time in which loops had work, with or without a processor; null where it is unknown.</summary>
    public TimeSpan? LoopsWanted => LoopsCpu + LoopsWait;

    /// <summary>True if the loops had no processor for most of that time.</summary>
    public bool IsStarved => LoopsWait / LoopsWanted > GeneratorLimited.MostWait;

    /// <summary>This process now. Its loops count from the start of <paramref name="loops"/>.</summary>
    public static OwnReading Now(ILoopMeter loops)
    {
        var usage = loops.Read();
        return new OwnReading(Environment.CpuUsage.TotalTime, usage?.BusiestCpu, usage?.Cpu, usage?.Wait, GC.GetTotalPauseDuration());
    }

    /// <summary>The difference of two moments. A loop that began after the first one counts in full.</summary>
    public static OwnReading operator -(OwnReading to, OwnReading from) => new(
        to.Cpu - from.Cpu, to.LoopCpu - (from.LoopCpu ?? TimeSpan.Zero), to.LoopsCpu - (from.LoopsCpu ?? TimeSpan.Zero),
        to.LoopsWait - (from.LoopsWait ?? TimeSpan.Zero), to.GcPause - from.GcPause);

    /// <summary>The sum of both.</summary>
    public static OwnReading operator +(OwnReading one, OwnReading other) => new(
        one.Cpu + other.Cpu, one.LoopCpu + other.LoopCpu, one.LoopsCpu + other.LoopsCpu, one.LoopsWait + other.LoopsWait,
        one.GcPause + other.GcPause);
}

/// <summary>ActorLoad's own use while bursts are open. The time before the first burst and between bursts does not count.</summary>
/// <remarks>If bursts follow each other within <see cref="Shortest"/>, only some are measured, because a reading costs as much as a small
/// burst.</remarks>
/// <param name="read">Reads what was used so far.</param>
internal sealed class BusyMeter(Func<OwnReading> read)
{
    /// <summary>Least time between two readings at the begin of bursts.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private TimeSpan _next = TimeSpan.MinValue;
    private TimeSpan _since;
    private OwnReading _start;
    private bool _isOpen;

    /// <summary>The measured time.</summary>
    public TimeSpan Measured { get; private set; }

    /// <summary>The use in that time.</summary>
    public OwnReading Used { get; private set; } = new(default, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, default);

    /// <summary>Time that the loops needed in bursts in which they mostly had no processor. A busy neighbour spoils only the bursts beside
    /// it.</summary>
    public TimeSpan Starved { get; private set; }

    /// <summary>Its share of all the time that the loops needed; null if nothing was measured.</summary>
    public double? StarvedShare => Used.LoopsWanted is { } wanted && wanted > TimeSpan.Zero ? Starved / wanted : null;

    /// <summary>The first of overlapping bursts begins, or will soon.</summary>
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
