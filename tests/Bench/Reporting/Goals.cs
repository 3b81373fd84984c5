using ActorLoad.Bench.Contestants;

namespace ActorLoad.Bench.Reporting;

/// <summary>What ActorLoad means to keep in a storm, as figures: no error, and its ratios to redigo.</summary>
internal static class Goals
{
    private const string Peer = "redigo";

    public static IEnumerable<Figure> Of(StormReport storm)
    {
        if (storm.Own.Rounds.Any(round => round is not null))
        {
            var errors = storm.Own.Rounds.OfType<Measurement>().Sum(round => round.Errors);
            yield return new Figure(storm.Name, "errors of ActorLoad", errors, Figure.Connections, AtMost: 0);
        }

        if (storm.Ratios.FirstOrDefault(ratio => ratio.Peer == Peer) is not { } ratio)
        {
            yield break;
        }

        double? cpuBound = storm.Burst switch { 50 => 0.9, 8000 => 0.95, _ => null };
        double? rateBound = storm.Burst == 50 ? 1.05 : null;
        yield return new Figure(storm.Name, $"connections per second / {Peer}", ratio.PerSecond, "x", AtLeast: rateBound);
        if (ratio.Cpu is { } cpu)
        {
            yield return new Figure(storm.Name, $"CPU per connection / {Peer}", cpu, "x", AtMost: cpuBound);
        }

        yield return new Figure(storm.Name, $"whole-process CPU per connection / {Peer}", ratio.WholeCpu, "x", AtMost: cpuBound);
    }
}
