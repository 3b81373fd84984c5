namespace ActorLoad.Load;

/// <summary>When the next burst of a phase is due.</summary>
public enum Pacing
{
    /// <summary>A gap after the last connection of the burst before has ended.</summary>
    AfterBurst,

    /// <summary>At multiples of the gap, even while earlier bursts go on.</summary>
    Fixed,
}

/// <summary>A part of a run with one load shape (an element of <c>actorload.load</c>); the only shape is <c>bursts</c>.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Connections">Connections of each burst, 1 or more.</param>
/// <param name="Gap">Time between bursts, as <paramref name="Pacing"/> says.</param>
/// <param name="Duration">How long the phase lasts when <paramref name="Count"/> is null.</param>
/// <param name="Count">How many bursts; null derives it from duration and gap.</param>
/// <param name="Pacing">The start of the gap.</param>
public sealed record PhaseSettings(string Name, int Connections, TimeSpan Gap, TimeSpan Duration, int? Count, Pacing Pacing);
