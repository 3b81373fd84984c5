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

/// <summary>How a population keeps its connections open. Each arrival takes a place; a connection that closes, leaves its place to a new
/// one, until the phase is over.</summary>
/// <param name="Connections">Number of places.</param>
/// <param name="Lifetime">How long each connection stays; 0 is to the end of the phase.</param>
/// <param name="LifetimeJitter">How far lifetimes vary: at random between 1 - jitter and 1 + jitter of it.</param>
/// <param name="RecycleAt">When a share closes at once, since the phase began.</param>
/// <param name="RecycleShare">That share; 0 is none.</param>
public sealed record Population(int Connections, TimeSpan Lifetime, double LifetimeJitter, TimeSpan RecycleAt, double RecycleShare);

/// <summary>A phase whose connections are due one by one.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">Its shape, as written.</param>
/// <param name="Arrivals">When they are due. Random ones are those of the first repetition.</param>
public sealed record PacedSettings(string Name, LoadShape Shape, Arrivals Arrivals) : PhaseSettings(Name, Shape)
{
    /// <summary>How long the phase lasts; longer than its arrivals if it keeps them.</summary>
    public TimeSpan Duration { get; init; } = Arrivals.Duration;

    /// <summary>How its connections are kept open; null if they are not.</summary>
    public Population? Population { get; init; }

    /// <inheritdoc />
    public override PhaseSettings Seeded(int seed) =>
        Arrivals is PoissonArrivals random ? this with { Arrivals = random with { Seed = seed } } : this;
}
