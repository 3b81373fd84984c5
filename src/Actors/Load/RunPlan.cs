using System.Collections.Immutable;

namespace ActorLoad.Load;

/// <summary>The plan of a run: pure arithmetic on times since the run's start.</summary>
public sealed record RunPlan(ImmutableArray<PhasePlan> Phases)
{
    // Longer than anyone waits, and far below the range of a TimeSpan.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1_000_000);

    /// <summary>Bursts of all phases, at most <see cref="int.MaxValue"/>; null if a phase goes on until its duration is spent.</summary>
    public int? Bursts => Phases.All(phase => phase.Count is not null)
        ? (int)Math.Min(Phases.Sum(phase => (long)phase.Count!.Value), int.MaxValue)
        : null;

    /// <summary>The least time that the plan takes if connections take only their <paramref name="hold"/>.</summary>
    public TimeSpan Shortest(TimeSpan hold)
    {
        var seconds = Phases.Sum(phase => phase.ShortestSeconds(hold.TotalSeconds));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }

    /// <summary>The plan for the phases of a run file.</summary>
    public static RunPlan Create(ImmutableArray<PhaseSettings> load) => new([.. load.Select(PhasePlan.Create)]);

    /// <summary>The part that can begin before <paramref name="deadline"/>, if bursts take no time; all of it if that is 0.</summary>
    public RunPlan Until(TimeSpan deadline)
    {
        if (deadline <= TimeSpan.Zero)
        {
            return this;
        }

        var begun = ImmutableArray.CreateBuilder<PhasePlan>();
        var left = deadline;
        foreach (var phase in Phases.TakeWhile(_ => left > TimeSpan.Zero))
        {
            begun.Add(phase.Until(left));
            left -= phase.Shortest;
        }

        return new RunPlan(begun.ToImmutable());
    }
}

/// <summary>One phase of the plan.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Pacing">The start of the gap.</param>
/// <param name="Connections">Connections of each burst.</param>
/// <param name="Gap">Time between bursts.</param>
/// <param name="Duration">How long bursts begin, if there is no count.</param>
/// <param name="Count">How many bursts; null goes on until the duration is spent.</param>
public sealed record PhasePlan(string Name, Pacing Pacing, int Connections, TimeSpan Gap, TimeSpan Duration, int? Count)
{
    /// <summary>
    /// The plan for one phase. Without a count, <c>fixed</c> pacing begins a burst at every multiple of the gap within the duration.
    /// <c>after-burst</c> makes <c>duration / gap</c> bursts, at least one, as the ancestor did; without a gap it goes on until the
    /// duration is spent.
    /// </summary>
    public static PhasePlan Create(PhaseSettings phase) => new(
        phase.Name, phase.Pacing, phase.Connections, phase.Gap, phase.Duration, phase.Count ?? CountWithin(phase));

    /// <summary>The time from its first burst to its last, if bursts take no time.</summary>
    public TimeSpan Shortest => Count is { } count ? Gap * (count - 1) : Duration;

    /// <summary>The phase without bursts due after <paramref name="end"/>, which is above 0 and counts from the phase's start.</summary>
    public PhasePlan Until(TimeSpan end) => this with
    {
        Duration = Duration < end ? Duration : end,
        Count = Count is { } count && Gap > TimeSpan.Zero ? (int)Math.Min(count, ((end.Ticks - 1) / Gap.Ticks) + 1) : Count,
    };

    /// <summary>When burst <paramref name="index"/> of the phase is due; null if there is no such burst.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="phaseStart">When the phase began.</param>
    /// <param name="lastEnd">When the burst before ended; needed by <c>after-burst</c> from the second burst on.</param>
    public TimeSpan? DueAt(int index, TimeSpan phaseStart, TimeSpan lastEnd)
    {
        if (index >= Count)
        {
            return null;
        }

        var due = index == 0 ? phaseStart
            : Pacing == Pacing.Fixed ? phaseStart + (index * Gap)
            : lastEnd + Gap;
        return Count is null && due >= phaseStart + Duration ? null : due;
    }

    /// <summary>The least time of the phase in seconds. A <see cref="TimeSpan"/> is too small for a million bursts a day apart, times a
    /// thousand phases.</summary>
    internal double ShortestSeconds(double hold) =>
        Count is not { } count ? Math.Max(Duration.TotalSeconds, hold)
        : ((count - 1) * Gap.TotalSeconds) + (Pacing == Pacing.AfterBurst ? count * hold : hold);

    private static int? CountWithin(PhaseSettings phase)
    {
        if (phase.Gap <= TimeSpan.Zero)
        {
            return phase.Pacing == Pacing.Fixed ? 1 : null;
        }

        var ratio = (double)phase.Duration.Ticks / phase.Gap.Ticks;
        return Math.Max(1, (int)(phase.Pacing == Pacing.Fixed ? Math.Ceiling(ratio) : Math.Floor(ratio)));
    }
}
