using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>How much slower is the first burst of a fresh process than its fifth, and what does it cost before the first SYN?</summary>
internal static class FirstBurstCell
{
    private const int Bursts = 5;

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var size = options.LongRunBurst;
        var phase = new RunPhase("warming", size, Bursts, TimeSpan.FromMilliseconds(300));
        var file = RunFile.Text([phase], BenchOptions.Script, size, TimeSpan.Zero, options.Transport);
        var (first, fifth, starting, failed) = (new List<double>(), new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < options.Rounds; round++)
        {
            var run = await ActorLoadRun.StartAsync(file, server.Target, TimeSpan.FromMinutes(2), [0]);
            var bursts = run.At("bursts").AsArray();
            first.Add((double)bursts[0]!["durationSeconds"]! * 1000);
            fifth.Add((double)bursts[^1]!["durationSeconds"]! * 1000);
            starting.Add(run.WholeCpu.TotalMilliseconds - ((double)run.At("generator", "cpuMicrosPerConnection") * size * Bursts / 1000));
            failed += (size * Bursts) - run.Succeeded;
        }

        return
        [
            new Figure("first-burst", $"errors in bursts of {size}", failed, Figure.Connections, AtMost: 0),
            new Figure("first-burst", "CPU before the first SYN and after the last close", Median.Of(starting), "ms"),
            new Figure("first-burst", "first burst", Median.Of(first), "ms"),
            new Figure("first-burst", "fifth burst", Median.Of(fifth), "ms"),
            new Figure("first-burst", "first / fifth", Median.Of(first.Zip(fifth, (a, b) => a / b)), "x", AtMost: 2),
        ];
    }
}
