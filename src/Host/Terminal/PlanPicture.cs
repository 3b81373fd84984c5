using ActorLoad.Configuration;
using ActorLoad.Load;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A small picture of the planned arrivals over time, in plain text.</summary>
internal static class PlanPicture
{
    private const int Width = 60;
    private const int Height = 6;
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    /// <summary>The lines of the picture; the first one says what it shows.</summary>
    public static IReadOnlyList<string> Of(RunSettings settings)
    {
        var plans = settings.Fleets.Select(fleet => RunPlan.Create(fleet.Load).Until(settings.Deadline));
        var planned = PlannedArrivals.Of([.. plans], Width);
        var most = planned.Counts.Max();
        var part = $"connections due in {Figures.Span(planned.Part)} each, at most {Figures.Count((long)Math.Round(most))}:";
        var lines = new List<string> { part };
        for (var row = Height - 1; row >= 0; row--)
        {
            lines.Add(new string([.. planned.Counts.Select(count => Cell(count, most, row))]).TrimEnd());
        }

        lines.Add($"{new string('─', Width)} {Figures.Span(planned.Length)}");
        return lines;
    }

    // A part with few connections still shows something.
    private static char Cell(double count, double most, int row)
    {
        var eighths = count <= 0 ? 0 : Math.Max(1, (int)Math.Round(count / most * Height * 8));
        return Eighths[Math.Clamp(eighths - (row * 8), 0, 8)];
    }
}
