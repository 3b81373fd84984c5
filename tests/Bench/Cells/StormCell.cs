using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;

namespace ActorLoad.Bench.Cells;

/// <summary>The same storm by every contestant in turn, round after round: A B C A B C.</summary>
internal static class StormCell
{
    public static async Task<StormReport> RunAsync(
        string name, Storm storm, IReadOnlyList<IContestant> contestants, int rounds, RedisServer server, BenchLog log)
    {
        var rows = contestants.ToDictionary(contestant => contestant.Name, _ => new List<Measurement?>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                log.Say($"{name}: round {round} of {rounds}: {contestant.Name}");
                rows[contestant.Name].Add(await log.TryAsync(
                    $"{name}: {contestant.Name}", () => MeasureAsync(contestant, storm, server)));
            }
        }

        return new StormReport(
            name, storm.Burst, storm.Connections, storm.Script,
            [.. contestants.Select(contestant => new StormRow(contestant.Name, rows[contestant.Name]))]);
    }

    // Nobody is believed without the server's own count.
    private static async Task<Measurement> MeasureAsync(IContestant contestant, Storm storm, RedisServer server)
    {
        var before = await server.ConnectionsReceivedAsync();
        var waiting = SocketTable.Read().TimeWaitCount(server.Port);
        var measured = await contestant.RunAsync(storm, server.Port);
        var received = await server.ConnectionsReceivedAsync() - before;
        var timeWait = SocketTable.Read().TimeWaitCount(server.Port) - waiting;
        return contestant.MayReuse || received >= measured.Connections - measured.Errors
            ? measured with { Received = received, TimeWait = Math.Max(0, timeWait) }
            : throw new InvalidOperationException(
                $"says {measured.Connections} connections with {measured.Errors} errors, but the server received {received}");
    }
}
