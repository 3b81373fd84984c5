using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>Ten thousand connections in each second, ten due in each millisecond: are they started, and how late?</summary>
internal static class PaceCell
{
    private const int InEach = 10;
    private const int MaxOpen = 5_000;

    private static readonly TimeSpan _gap = TimeSpan.FromMilliseconds(1);

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var count = options.PacedBursts;
        var file = RunFile.Text([new RunPhase("pace", InEach, count, _gap, "fixed")], BenchOptions.Script, MaxOpen, TimeSpan.Zero, options.Transport);
        var (missed, rates, medians, tails) = (0L, new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var run = await ActorLoadRun.StartAsync(file, server.Target, TimeSpan.FromMinutes(2), [0]);
            var bursts = run.At("bursts").AsArray();
            var starts = bursts.Select(burst =>
                (double)burst!["dueAt"]! - (double)bursts[0]!["dueAt"]! + (((double)burst["startLagMicros"]! + (double)burst["startSkewMicros"]!) / 1e6));
            missed += (InEach * count) - run.Succeeded;
            rates.Add(WorstRate([.. starts], count * _gap.TotalSeconds));
            medians.Add((double)run.At("latency", "start-lag", "p50") / 1000);
            tails.Add((double)run.At("latency", "start-lag", "p99") / 1000);
        }

        return
        [
            new Figure("pace", $"of {InEach * count} due, dropped or failed", missed, Figure.Connections, AtMost: 0),
            new Figure("pace", "started in the worst second, where 10,000 are due", Median.Of(rates), "/s", AtLeast: 9_900),
            new Figure("pace", "from due to started, p50", Median.Of(medians), "ms"),
            new Figure("pace", "from due to started, p99", Median.Of(tails), "ms"),
        ];
    }

    // Of whole seconds, or of all the time if it is less than one: what comes late is missing in its own. A burst counts when its last has started.
    private static double WorstRate(IReadOnlyCollection<double> starts, double seconds)
    {
        var span = Math.Min(1, seconds);
        return Enumerable.Range(0, (int)(seconds / span)).Min(index => InEach * starts.Count(start => (int)Math.Floor(start / span) == index) / span);
    }
}
