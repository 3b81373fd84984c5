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
        var run = await ActorLoadRun.StartAsync(file, server.Target, TimeSpan.FromMinutes(3), [0]);
        var peak = (long)run.At("generator", "peakOpen");
        return
        [
            new Figure("hold", $"errors of {held} connections held at once", held - run.Succeeded, Figure.Connections, AtMost: 0),
            new Figure("hold", "most of them open at once", peak, Figure.Connections, AtLeast: held),
            new Figure("hold", "memory of each open connection", (long)run.At("generator", "bytesPerOpenConnection"), "bytes", AtMost: (options.Transport == BenchOptions.Portable ? 10 : 6) * 1024),
        ];
    }
}
