using System.Globalization;
using ActorLoad.Configuration;
using ActorLoad.Load;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The first line: the target, the number of connections and the duration.</summary>
internal static class Announcement
{
    /// <summary>One line of plain text.</summary>
    public static string Of(RunSettings settings) => $"actorload: storming {Storm(settings)}";

    /// <summary>Target, connections and duration, of each fleet.</summary>
    public static string Storm(RunSettings settings)
    {
        var end = settings.Deadline > TimeSpan.Zero ? $"; ends after {Figures.Span(settings.Deadline)} (run.deadline)" : "";
        return string.Join(" | ", settings.Fleets.Select(Fleet)) + end;
    }

    private static string Fleet(FleetSettings fleet)
    {
        var target = fleet.Target.IsEmbedded ? "the embedded server" : string.Join(", ", fleet.Target.Endpoints);
        return $"{(fleet.Name.Length > 0 ? $"fleet {fleet.Name} -> " : "")}{target}: {string.Join("; then ", fleet.Load.Select(Phase))}";
    }

    /// <summary>A phase in words.</summary>
    public static string Phase(PhaseSettings phase)
    {
        var times = phase.Repeat > 1 ? $", {Figures.Count(phase.Repeat)} times" : "";
        return (phase is PacedSettings paced ? Paced(paced) : Bursts((BurstSettings)phase)) + times;
    }

    private static string Bursts(BurstSettings phase)
    {
        var gap = phase.Gap == TimeSpan.Zero ? "one right after the other"
            : phase.Pacing == Pacing.Fixed ? $"one every {Figures.Span(phase.Gap)}"
            : $"{Figures.Span(phase.Gap)} after each other";
        var size = Connections(phase.Connections);
        return phase.Count switch
        {
            1 => $"one burst of {size}",
            { } count => $"{Figures.Count(count)} bursts of {size}, {gap}",
            null => $"bursts of {size}, {gap}, for {Figures.Span(phase.Duration)}",
        };
    }

    private static string Paced(PacedSettings phase)
    {
        var (arrivals, curve) = (phase.Arrivals, (phase.Arrivals as RateArrivals)?.Curve);
        var segments = (curve as SegmentCurve)?.Segments ?? [];
        var time = Figures.Span(arrivals.Duration);
        var count = $", about {Connections((long)Math.Round(arrivals.Expected))}";
        var random = arrivals is PoissonArrivals ? " at random" : "";
        return phase.Shape switch
        {
            LoadShape.Pause => $"a pause of {time}",
            LoadShape.Population => Population(phase),
            LoadShape.Replay => $"{Connections((long)arrivals.Expected)} of {((ReplayArrivals)arrivals).File} in {time}",
            LoadShape.Rate => $"{Rate(segments[0].From)}{random} for {time}{count}",
            LoadShape.Ramp => $"a ramp: {Rate(segments[0].From)} to {Rate(segments[0].To)}{random} over {time}{count}",
            LoadShape.Steps => $"{segments.Length} steps: {Rate(segments[0].From)} to {Rate(segments[^1].To)}{random}, "
                + $"{Figures.Span(segments[0].Duration)} each{count}",
            LoadShape.Spike => $"a spike to {Rate(curve!.Peak)}{random} in {time}{count}",
            _ => $"waves of {Figures.Span(((SineCurve)curve!).Period)} up to {Rate(curve.Peak)}{random} for "
                + $"{time}{count}",
        };
    }

    private static string Population(PacedSettings phase)
    {
        var population = phase.Population!;
        var jitter = population.LifetimeJitter > 0
            ? string.Create(CultureInfo.InvariantCulture, $" ± {population.LifetimeJitter * 100:0.#} %") : "";
        return $"{Connections(population.Connections)} kept open for {Figures.Span(phase.Duration)}, opened at {Rate(phase.Arrivals.Peak)}"
            + (population.Lifetime > TimeSpan.Zero ? $", each for {Figures.Span(population.Lifetime)}{jitter}" : "")
            + (population.RecycleShare > 0
                ? string.Create(CultureInfo.InvariantCulture, $"; {population.RecycleShare * 100:0.#} % closed at once after ")
                    + Figures.Span(population.RecycleAt)
                : "");
    }

    // A rate below one in a second is told by the minute or hour.
    private static string Rate(double perSecond)
    {
        var (rate, unit) = perSecond is >= 1 or 0 ? (perSecond, "s")
            : perSecond * 60 >= 1 ? (perSecond * 60, "m") : (perSecond * 3600, "h");
        return $"{rate.ToString("#,0.##", CultureInfo.InvariantCulture)}/{unit}";
    }

    private static string Connections(long count) => $"{Figures.Count(count)} {(count == 1 ? "connection" : "connections")}";
}
