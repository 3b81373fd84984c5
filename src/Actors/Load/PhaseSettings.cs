namespace ActorLoad.Load;

/// <summary>When the next burst of a phase is due.</summary>
public enum Pacing
{
    /// <summary>A gap after the last connection of the burst before has ended.</summary>
    AfterBurst,

    /// <summary>At multiples of the gap, even while earlier bursts go on.</summary>
    Fixed,
}

/// <summary>A part of a run with one load shape (an element of <c>actorload.load</c>).</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">Its shape.</param>
public abstract record PhaseSettings(string Name, LoadShape Shape)
{
    /// <summary>How often the phase is carried out, one time after the other; 1 or more.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>The same with the seed of the run.</summary>
    public virtual PhaseSettings Seeded(int seed) => this;
}

/// <summary>A phase of bursts.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Connections">Connections of each burst, 1 or more.</param>
/// <param name="Gap">Time between bursts, as <paramref name="Pacing"/> says.</param>
/// <param name="Duration">How long the phase lasts when <paramref name="Count"/> is null.</param>
/// <param name="Count">How many bursts; null derives it from duration and gap.</param>
/// <param name="Pacing">The start of the gap.</param>
public sealed record BurstSettings(string Name, int Connections, TimeSpan Gap, TimeSpan Duration, int? Count, Pacing Pacing)
    : PhaseSettings(Name, LoadShape.Bursts);

/// <summary>A phase whose connections are due one by one.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">Its shape, as written.</param>
/// <param name="Arrivals">When they are due. Random ones are those of the first repetition.</param>
public sealed record PacedSettings(string Name, LoadShape Shape, Arrivals Arrivals) : PhaseSettings(Name, Shape)
{
    /// <inheritdoc />
    public override PhaseSettings Seeded(int seed) =>
        Arrivals is PoissonArrivals random ? this with { Arrivals = random with { Seed = seed } } : this;
}
