using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>Many connections open at once: what does each cost in memory, and does any fail?</summary>
internal static class HoldCell
{
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var held = options.Held;
        var file = RunFile.Text([new RunPhase("hold", held, 1, TimeSpan.Zero)], BenchOptions.Script, held, options.Hold, options.Transport);
        var (errors, peaks, bytes) = (0L, new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var run = await ActorLoadRun.StartAsync(file, server.Target, TimeSpan.FromMinutes(3), [0]);
            errors += held - run.Succeeded;
            peaks.Add((long)run.At("generator", "peakOpen"));
            bytes.Add((long)run.At("generator", "bytesPerOpenConnection"));
        }

        return
        [
            new Figure("hold", $"errors of {held} connections held at once", errors, Figure.Connections, AtMost: 0),
            new Figure("hold", "most of them open at once", peaks.Min(), Figure.Connections, AtLeast: held),
            new Figure("hold", "memory of each open connection", Median.Of(bytes), "bytes", AtMost: (options.Transport == BenchOptions.Portable ? 10 : 6) * 1024),
        ];
    }
}
