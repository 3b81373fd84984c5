using System.Globalization;
using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>A rate of 10,000/s, against bursts of 50 in the same round: what a connection costs, how many start in each second, and how late.</summary>
internal static class RateCell
{
    private const int PerSecond = 10_000;
    private const int Burst = 50;

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var (seconds, connections) = (options.RateSeconds, options.RateSeconds * PerSecond);
        var rate = Text(options, string.Create(CultureInfo.InvariantCulture, $"{{ shape = rate, rate = \"{PerSecond}/s\", duration = {seconds}s }}"));
        var bursts = Text(options, string.Create(CultureInfo.InvariantCulture, $"{{ connections = {Burst}, count = {connections / Burst}, gap = 0s }}"));
        var (missed, ratios, worst, medians, tails) = (0L, new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var paced = await ActorLoadRun.StartAsync(rate, server.Target, TimeSpan.FromMinutes(2), [0]);
            var plain = await ActorLoadRun.StartAsync(bursts, server.Target, TimeSpan.FromMinutes(2), [0]);
            missed += connections - paced.Succeeded;
            ratios.Add(Cpu(paced) / Cpu(plain));
            worst.Add(WorstDeparture(paced));
            medians.Add((double)paced.At("latency", "start-lag", "p50") / 1000);
            tails.Add((double)paced.At("latency", "start-lag", "p99") / 1000);
        }

        return
        [
            new Figure("rate", $"of {connections} due, dropped or failed", missed, "connections of a rate"),
            new Figure("rate", "CPU for each connection / bursts of 50", Median.Of(ratios), "x", AtMost: 1.1),
            new Figure("rate", "started in a second, farthest from 10,000", Median.Of(worst), "%", AtMost: 1),
            new Figure("rate", "from due to started, p50", Median.Of(medians), "ms"),
            new Figure("rate", "from due to started, p99", Median.Of(tails), "ms", AtMost: 5),
        ];
    }

    private static string Text(BenchOptions options, string load) => RunFile.Text(
        [], BenchOptions.Script, PerSecond, TimeSpan.Zero, options.Transport, $"load = [ {load} ]\n metrics.interval = 500ms");

    private static double Cpu(ActorLoadRun run) => (double)run.At("generator", "cpuMicrosPerConnection");

    // Of whole intervals: the first has the start of the process in it, the last ones have the end of the load.
    private static double WorstDeparture(ActorLoadRun run)
    {
        var samples = run.At("samples").AsArray().Select(sample => (At: (double)sample!["at"]!, Opened: (double)sample["opened"]!)).ToArray();
        var whole = samples.Zip(samples.Skip(1), (from, to) => to.Opened / (to.At - from.At)).SkipLast(2).ToArray();
        return whole.Length == 0 ? 100 : whole.Max(rate => Math.Abs((rate / PerSecond) - 1) * 100);
    }
}
