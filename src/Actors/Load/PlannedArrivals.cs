namespace ActorLoad.Load;

/// <summary>The arrivals of a run over time, for a picture: bursts are taken to last no time.</summary>
/// <param name="Counts">Connections that are due in each of equal parts of the time.</param>
/// <param name="Length">The whole time.</param>
public sealed record PlannedArrivals(double[] Counts, TimeSpan Length)
{
    // A plan of millions of small phases is drawn from its first ones.
    private const int MostDrawn = 100_000;

    /// <summary>The time of one part.</summary>
    public TimeSpan Part => Length / Counts.Length;

    /// <summary>The arrivals of plans that are carried out side by side, in so many parts.</summary>
    public static PlannedArrivals Of(IReadOnlyList<RunPlan> plans, int parts)
    {
        var length = plans.Max(plan => plan.Shortest(TimeSpan.Zero));
        var picture = new PlannedArrivals(new double[parts], length > TimeSpan.Zero ? length : TimeSpan.FromSeconds(1));
        foreach (var plan in plans)
        {
            picture.Draw(plan);
        }

        return picture;
    }

    private void Draw(RunPlan plan)
    {
        var (begin, drawn) = (0.0, 0);
        foreach (var phase in plan.Phases)
        {
            for (var repetition = 0; repetition < phase.Repeat && drawn < MostDrawn; repetition++)
            {
                drawn += Draw(phase, begin);
                begin += phase.ShortestSeconds(0);
            }
        }
    }

    // Returns the number of steps that it took.
    private int Draw(PhasePlan phase, double begin)
    {
        if (phase is BurstPhase bursts)
        {
            var (gap, count) = (bursts.Gap.TotalSeconds, bursts.Count ?? 1);
            for (var burst = 0; burst < Math.Min(count, MostDrawn); burst++)
            {
                Counts[PartAt(begin + (burst * gap))] += bursts.Connections;
            }

            return Math.Max(1, count);
        }

        var paced = (PacedPhase)phase;
        var (first, last) = (PartAt(begin), PartAt(begin + paced.Duration.TotalSeconds));
        for (var part = first; part <= last; part++)
        {
            Counts[part] += CountBefore(part + 1) - CountBefore(part);
        }

        return 1 + last - first;

        double CountBefore(int part) =>
            paced.Arrivals.CountAt(TimeSpan.FromSeconds(Math.Clamp((part * Part.TotalSeconds) - begin, 0, paced.Duration.TotalSeconds)));
    }

    private int PartAt(double seconds) => Math.Clamp((int)(seconds / Part.TotalSeconds), 0, Counts.Length - 1);
}
