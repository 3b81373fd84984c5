using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The bursts of a run: all if there are few, else the first ones and the slowest.</summary>
internal static class BurstTable
{
    private const int All = 10;
    private const int First = 3;
    private const int Slowest = 5;

    public static IRenderable Of(IReadOnlyList<BurstResult> bursts)
    {
        var shown = Shown(bursts);
        var phases = bursts.Select(burst => burst.Phase).Distinct().Skip(1).Any();
        var table = Look.Table("Burst", "due s", "planned", "succeeded", "failed", "dropped", "lag ms", "spread ms", "took ms", "");
        table.Columns[^1].LeftAligned();
        var slowest = bursts.MaxBy(burst => burst.DurationSeconds);
        foreach (var burst in shown)
        {
            table.Add(
                burst.Failed + burst.Dropped > 0 ? Look.Warn : Look.Plain, phases ? $"{burst.Index} {burst.Phase}" : $"{burst.Index}",
                Figures.Tenths(burst.DueAt), Figures.Count(burst.Planned), Figures.Count(burst.Succeeded), Figures.Count(burst.Failed),
                Figures.Count(burst.Dropped), Figures.Millis(burst.StartLagMicros), Figures.Millis(burst.StartSkewMicros),
                Figures.Millis(burst.DurationSeconds * 1e6), bursts.Count > 1 && burst == slowest ? "slowest" : "");
        }

        var legend = new Text(
            "lag: due to first start; spread: first to last start; took: due to the end of its last connection", Look.Dim);
        return shown.Count == bursts.Count
            ? new Rows(table, legend)
            : new Rows(table, legend,
                new Text($"{bursts.Count} bursts in all: shown are the first {First} and the {Slowest} slowest others.", Look.Dim));
    }

    private static List<BurstResult> Shown(IReadOnlyList<BurstResult> bursts) => bursts.Count <= All
        ? [.. bursts]
        : [.. bursts.Take(First), .. bursts.Skip(First).OrderByDescending(burst => burst.DurationSeconds).Take(Slowest)
            .OrderBy(burst => burst.Index)];
}
