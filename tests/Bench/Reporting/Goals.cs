using ActorLoad.Bench.Contestants;

namespace ActorLoad.Bench.Reporting;

/// <summary>What ActorLoad means to keep in a storm, as figures: no error, and its ratios to its peers.</summary>
internal static class Goals
{
    // The portable transport is held against the ancestor.
    private static readonly Goal[] _portable =
    [
        new(50, "redigo", Cpu: 0.9, PerSecond: 1.05),
        new(8_000, "redigo", Cpu: 0.95, PerSecond: null),
    ];

    // The ring is held against the limit of the machine, too.
    private static readonly Goal[] _ring =
    [
        new(50, "epoll", Cpu: 1.0, PerSecond: 0.95),
        new(50, "redigo", Cpu: 0.5, PerSecond: 1.7),
        new(1_000, "epoll", Cpu: 1.1, PerSecond: 0.95),
        new(1_000, "redigo", Cpu: 0.6, PerSecond: 1.1),
        new(8_000, "epoll", Cpu: 1.15, PerSecond: 0.95),
        new(8_000, "redigo", Cpu: 0.6, PerSecond: 1.05),
        new(16_000, "epoll", Cpu: 0.6, PerSecond: 1.3),
        new(16_000, "redigo", Cpu: 0.5, PerSecond: 1.3),
        new(19_000, "epoll", Cpu: 0.5, PerSecond: 1.6),
        new(19_000, "redigo", Cpu: 0.4, PerSecond: 1.6),
    ];

    public static IEnumerable<Figure> Of(StormReport storm, string transport)
    {
        if (storm.Own.Rounds.Any(round => round is not null))
        {
            var errors = storm.Own.Rounds.OfType<Measurement>().Sum(round => round.Errors);
            yield return new Figure(storm.Name, "errors of ActorLoad", errors, Figure.Connections, AtMost: 0);
        }

        var goals = transport == BenchOptions.Portable ? _portable : _ring;
        foreach (var ratio in storm.Ratios)
        {
            var goal = goals.FirstOrDefault(goal => goal.Burst == storm.Burst && goal.Peer == ratio.Peer);
            yield return new Figure(storm.Name, $"connections per second / {ratio.Peer}", ratio.PerSecond, "x", AtLeast: goal?.PerSecond);
            if (ratio.Cpu is { } cpu)
            {
                yield return new Figure(storm.Name, $"CPU per connection / {ratio.Peer}", cpu, "x", AtMost: goal?.Cpu);
            }
        }
    }

    private sealed record Goal(int Burst, string Peer, double Cpu, double? PerSecond);
}
