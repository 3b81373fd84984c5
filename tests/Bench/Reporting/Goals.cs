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

    // redis-benchmark makes one command on each connection and counts no CPU of its own: its whole process is held against ours.
    private static readonly Goal _oneCommand = new(50, "redis-benchmark -k 0", Cpu: 0.6, PerSecond: 1.5);

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
            var goal = transport != BenchOptions.Portable && ratio.Peer == _oneCommand.Peer
                ? _oneCommand : goals.FirstOrDefault(goal => goal.Burst == storm.Burst && goal.Peer == ratio.Peer);
            yield return new Figure(storm.Name, $"connections per second / {ratio.Peer}", ratio.PerSecond, "x", AtLeast: goal?.PerSecond);
            if (ratio.Cpu is { } cpu)
            {
                yield return new Figure(storm.Name, $"CPU per connection / {ratio.Peer}", cpu, "x", AtMost: goal?.Cpu);
            }
            else
            {
                yield return new Figure(storm.Name, $"CPU of the whole process / {ratio.Peer}", ratio.WholeCpu, "x", AtMost: goal?.Cpu);
            }

            if (ratio.Skew is { } skew)
            {
                yield return new Figure(
                    storm.Name, $"start skew / {ratio.Peer}", skew, "x", AtMost: storm.Burst == 8_000 && transport != BenchOptions.Portable ? 1.2 : null);
            }
        }

        foreach (var row in storm.Rows.Where(row => row.Rounds.Any(round => round is not null)))
        {
            var left = row.Rounds.Max(round => round?.TimeWait ?? 0);
            yield return new Figure(storm.Name, $"sockets in TIME_WAIT after {row.Contestant}", left, "", AtMost: row == storm.Own ? 0 : null);
        }
    }

    /// <summary>Does a connection cost more when many are open?</summary>
    public static IEnumerable<Figure> Flatness(IReadOnlyList<StormReport> storms, string transport)
    {
        double? CostAt(int burst) => storms.FirstOrDefault(storm => storm.Burst == burst)?.Own.MedianOf(round => round.CpuMicros);
        if (CostAt(19_000) / CostAt(1_000) is { } ratio)
        {
            yield return new Figure(
                "flat", "CPU per connection with 19,000 open / with 1,000", ratio, "x", AtMost: transport == BenchOptions.Portable ? null : 1.6);
        }
    }

    private sealed record Goal(int Burst, string Peer, double Cpu, double? PerSecond);
}
