using System.Collections.Immutable;

namespace ActorLoad.Load;

/// <summary>The plan of a run: pure arithmetic on times since the run's start.</summary>
public sealed record RunPlan(ImmutableArray<PhasePlan> Phases)
{
    // Longer than anyone waits, and far below the range of a TimeSpan.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1_000_000);

    /// <summary>Bursts of all phases, at most <see cref="int.MaxValue"/>; null if a phase goes on until its duration is spent.</summary>
    public int? Bursts
    {
        get
        {
            var phases = Phases.OfType<BurstPhase>().ToArray();
            return Array.TrueForAll(phases, phase => phase.Count is not null)
                ? (int)Math.Min(phases.Sum(phase => (long)phase.Count!.Value * phase.Repeat), int.MaxValue) : null;
        }
    }

    /// <summary>The least time that the plan takes if connections take only their <paramref name="hold"/>.</summary>
    public TimeSpan Shortest(TimeSpan hold)
    {
        var seconds = Phases.Sum(phase => phase.Repeat * phase.ShortestSeconds(hold.TotalSeconds));
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
            var once = phase.ShortestSeconds(0);
            var fitting = once > 0 ? Math.Min(phase.Repeat, Math.Ceiling(left.TotalSeconds / once)) : phase.Repeat;
            begun.Add(fitting > 1 ? phase with { Repeat = (int)fitting } : phase.Until(left) with { Repeat = 1 });
            left -= TimeSpan.FromSeconds(Math.Min(phase.Repeat * once, Longest.TotalSeconds));
        }

        return new RunPlan(begun.ToImmutable());
    }
}

/// <summary>One phase of the plan.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Repeat">How often it is carried out, one time after the other.</param>
public abstract record PhasePlan(string Name, LoadShape Shape, int Repeat)
{
    /// <summary>The plan for one phase.</summary>
    public static PhasePlan Create(PhaseSettings phase) => phase switch
    {
        BurstSettings bursts => BurstPhase.Create(bursts),
        PacedSettings paced => new PacedPhase(paced.Name, paced.Shape, paced.Arrivals, paced.Repeat)
        {
            Duration = paced.Duration,
            Population = paced.Population,
        },
        _ => throw new ArgumentException($"no plan for {phase.Shape}", nameof(phase)),
    };

    /// <summary>Connections that begin together: of a burst, or of a repetition of a paced phase; of random ones, the expected
    /// number.</summary>
    public abstract int Size { get; }

    /// <summary>Most connections that are due together; of a paced phase, within <see cref="Together"/>.</summary>
    public abstract int MostTogether { get; }

    /// <summary>Connections that are due within this time meet in the queue of a server.</summary>
    protected static readonly TimeSpan Together = TimeSpan.FromMilliseconds(10);

    /// <summary>The phase without connections due after <paramref name="end"/>, which is above 0 and counts from the phase's
    /// start.</summary>
    public abstract PhasePlan Until(TimeSpan end);

    /// <summary>The least time of one repetition in seconds. A <see cref="TimeSpan"/> is too small for a million bursts a day apart, times
    /// a thousand phases.</summary>
    /// <param name="hold">How long each connection is held, in seconds.</param>
    internal abstract double ShortestSeconds(double hold);
}

/// <summary>A phase whose connections are due one by one. The next phase begins when its time is over, whatever is still open.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Arrivals">When connections are due. Random ones are those of the first repetition.</param>
/// <param name="Repeat">How often it is carried out.</param>
public sealed record PacedPhase(string Name, LoadShape Shape, Arrivals Arrivals, int Repeat = 1) : PhasePlan(Name, Shape, Repeat)
{
    /// <summary>How long one repetition lasts.</summary>
    public TimeSpan Duration { get; init; } = Arrivals.Duration;

    /// <summary>How its connections are kept open; null if they are not.</summary>
    public Population? Population { get; init; }

    /// <inheritdoc />
    public override int Size => (int)Math.Ceiling(Arrivals.Expected);

    /// <inheritdoc />
    public override int MostTogether => (int)Math.Ceiling(Math.Max(
        Math.Min(Arrivals.Expected, Arrivals.Peak * Together.TotalSeconds), Arrivals.Expected * (Population?.RecycleShare ?? 0)));

    /// <summary>The most connections that are due within any <paramref name="window"/> of one repetition.</summary>
    public long MostWithin(TimeSpan window)
    {
        const int Places = 200;
        var within = window < Duration ? window : Duration;
        var renewed = Population is { Lifetime.Ticks: > 0 } population
            ? (long)(population.Connections * (within / population.Lifetime)) : 0;
        if (window >= Duration)
        {
            return (long)Arrivals.CountAt(Duration) + renewed;
        }

        var latest = Duration - window;
        return renewed + Enumerable.Range(0, Places + 1).Max(place =>
        {
            var begin = latest * ((double)place / Places);
            return (long)(Arrivals.CountAt(begin + window) - Arrivals.CountAt(begin));
        });
    }

    /// <summary>The arrivals of a repetition, from 0.</summary>
    public Arrivals ArrivalsOf(int repetition) =>
        Arrivals is PoissonArrivals random ? random with { Stream = random.Stream with { Repetition = repetition } } : Arrivals;

    /// <inheritdoc />
    public override PhasePlan Until(TimeSpan end) => this with { Duration = Duration < end ? Duration : end };

    /// <inheritdoc />
    internal override double ShortestSeconds(double hold) => Duration.TotalSeconds;
}

/// <summary>A phase of bursts.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Pacing">The start of the gap.</param>
/// <param name="Connections">Connections of each burst.</param>
/// <param name="Gap">Time between bursts.</param>
/// <param name="Duration">How long bursts begin, if there is no count.</param>
/// <param name="Count">How many bursts; null goes on until the duration is spent.</param>
/// <param name="Repeat">How often it is carried out.</param>
public sealed record BurstPhase(string Name, Pacing Pacing, int Connections, TimeSpan Gap, TimeSpan Duration, int? Count, int Repeat = 1)
    : PhasePlan(Name, LoadShape.Bursts, Repeat)
{
    /// <inheritdoc />
    public override int Size => Connections;

    /// <inheritdoc />
    public override int MostTogether => Connections;

    /// <summary>
    /// The plan for a phase of bursts. Without a count, <c>fixed</c> pacing begins a burst at every multiple of the gap within the
    /// duration.
    /// <c>after-burst</c> makes <c>duration / gap</c> bursts, at least one, as the ancestor did; without a gap it goes on until the
    /// duration is spent.
    /// </summary>
    public static BurstPhase Create(BurstSettings phase) => new(
        phase.Name, phase.Pacing, phase.Connections, phase.Gap, phase.Duration, phase.Count ?? CountWithin(phase), phase.Repeat);

    /// <inheritdoc />
    public override PhasePlan Until(TimeSpan end) => this with
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

    /// <inheritdoc />
    internal override double ShortestSeconds(double hold) =>
        Count is not { } count ? Math.Max(Duration.TotalSeconds, hold)
        : ((count - 1) * Gap.TotalSeconds) + (Pacing == Pacing.AfterBurst ? count * hold : hold);

    private static int? CountWithin(BurstSettings phase)
    {
        if (phase.Gap <= TimeSpan.Zero)
        {
            return phase.Pacing == Pacing.Fixed ? 1 : null;
        }

        var ratio = (double)phase.Duration.Ticks / phase.Gap.Ticks;
        return Math.Max(1, (int)(phase.Pacing == Pacing.Fixed ? Math.Ceiling(ratio) : Math.Floor(ratio)));
    }
}
