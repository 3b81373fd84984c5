using ActorLoad.Configuration;
using ActorLoad.Load;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The first line: the target, the number of connections and the duration.</summary>
internal static class Announcement
{
    /// <summary>One line of plain text.</summary>
    public static string Of(RunSettings settings) => $"actorload: storming {Storm(settings)}";

    /// <summary>Target, connections and duration.</summary>
    public static string Storm(RunSettings settings)
    {
        var target = settings.Target.IsEmbedded ? "the embedded server" : string.Join(", ", settings.Target.Endpoints);
        var end = settings.Deadline > TimeSpan.Zero ? $"; ends after {Figures.Span(settings.Deadline)} (run.deadline)" : "";
        return $"{target}: {string.Join("; then ", settings.Load.Select(Phase))}{end}";
    }

    private static string Phase(PhaseSettings phase)
    {
        var gap = phase.Gap == TimeSpan.Zero ? "one right after the other"
            : phase.Pacing == Pacing.Fixed ? $"one every {Figures.Span(phase.Gap)}"
            : $"{Figures.Span(phase.Gap)} after each other";
        var size = $"{Figures.Count(phase.Connections)} {(phase.Connections == 1 ? "connection" : "connections")}";
        return phase.Count switch
        {
            1 => $"one burst of {size}",
            { } count => $"{Figures.Count(count)} bursts of {size}, {gap}",
            null => $"bursts of {size}, {gap}, for {Figures.Span(phase.Duration)}",
        };
    }
}
