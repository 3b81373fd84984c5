using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Measuring;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>A long run: does memory or the number of descriptors grow with the connections that have come and gone?</summary>
/// <remarks>Two connections with a gap between them before and after the storm give a moment at which nothing is open.</remarks>
internal static class LongCell
{
    // The run's own connection to the server, over which it asks INFO.
    private const int Observer = 1;

    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var total = options.LongRun;
        var file = RunFile.Text(
            [
                new RunPhase("before", 1, 2, _idle),
                new RunPhase("storm", options.LongRunBurst, total / options.LongRunBurst, TimeSpan.Zero),
                new RunPhase("after", 1, 2, _idle),
            ],
            BenchOptions.Script, options.LongRunBurst, TimeSpan.Zero, options.Transport);
        IReadOnlyList<Sighting> seen = [];
        var run = await ActorLoadRun.StartAsync(
            file, server.Target, TimeSpan.FromSeconds(600 + (total / 2_000.0)), [0],
            async (pid, exit) => seen = await ProcessWatch.UntilExitAsync(pid, exit, server));

        var before = seen.LastOrDefault(sight => sight.Connected == Observer && sight.Received == 1 + Observer);
        var after = seen.LastOrDefault(sight => sight.Connected == Observer && sight.Received >= total + Observer);
        var tenth = seen.FirstOrDefault(sight => sight.Received >= total / 10);
        if (before is null || after is null || tenth is null)
        {
            throw new InvalidOperationException($"the run was not seen at rest before and after its storm ({seen.Count} looks)");
        }

        return
        [
            new Figure("long", $"errors of {total} connections", total + 4 - run.Succeeded, Figure.Connections, AtMost: 0),
            new Figure("long", "memory after the first tenth", tenth.RssBytes, "bytes"),
            new Figure("long", "memory at the end", after.RssBytes, "bytes"),
            new Figure("long", "memory at the end / after the first tenth", (double)after.RssBytes / tenth.RssBytes, "x", AtMost: 1.1),
            new Figure("long", "sockets at rest, after - before the storm", after.Descriptors - before.Descriptors, "", AtMost: 0),
        ];
    }
}
