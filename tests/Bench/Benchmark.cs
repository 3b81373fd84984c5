using System.Runtime.InteropServices;
using ActorLoad.Bench.Cells;
using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench;

/// <summary>All cells, one after the other, on one redis-server.</summary>
internal static class Benchmark
{
    public static async Task<BenchReport> RunAsync(BenchOptions options, BenchLog log)
    {
        await using var server = await RedisServer.StartAsync("--maxclients", "60000", "--protected-mode", "no");
        var storms = new List<StormReport>();
        var figures = new List<Figure>();

        async Task Measure(string cell, Func<Task<IReadOnlyList<Figure>>> measure)
        {
            if (options.Has(cell))
            {
                log.Say(cell);
                figures.AddRange(await log.TryAsync(cell, measure) ?? []);
            }
        }

        if (options.Has("storm"))
        {
            log.Say("building the peers");
            IReadOnlyList<IContestant> peers = await log.TryAsync("peers", NativeStorm.BuildAsync) ?? [];
            foreach (var burst in options.Bursts)
            {
                var storm = new Storm(burst, Math.Max(1, options.Connections / burst), BenchOptions.Script);
                var report = await StormCell.RunAsync(
                    $"burst-{burst}", storm, [.. Ourselves(options), .. peers], options.Rounds, server, log);
                storms.Add(report);
                figures.AddRange(Goals.Of(report, options.Transport));
            }

            figures.AddRange(Goals.Flatness(storms, options.Transport));
        }

        await Measure("hold", () => HoldCell.RunAsync(options, server));
        await Measure("refused", () => RefusedCell.RunAsync(options));
        await Measure("first-syn", () => FirstSynCell.RunAsync(options, server));
        await Measure("first-burst", () => FirstBurstCell.RunAsync(options, server));
        await Measure("pace", () => PaceCell.RunAsync(options, server));
        await Measure("rate", () => RateCell.RunAsync(options, server));
        await Measure("tls", () => TlsCell.RunAsync(options));
        await Measure("observers", () => ObserverCell.RunAsync(options, server));
        await Measure("long", () => LongCell.RunAsync(options, server));
        await Measure("first-line", () => FirstLineCell.RunAsync(options.Rounds));

        // Last, because what it leaves in TIME_WAIT would slow the others.
        if (options.Has("get") && !RedisBenchmark.IsThere)
        {
            log.Say("get: left out, there is no redis-benchmark on the PATH");
        }
        else if (options.Has("get"))
        {
            var storm = new Storm(50, Math.Max(1, options.Connections / 50), ["GET foo"]);
            var report = await StormCell.RunAsync(
                "get-50", storm, [.. Ourselves(options), new RedisBenchmark()], options.Rounds, server, log);
            storms.Add(report);
            figures.AddRange(Goals.Of(report, options.Transport));
        }

        var machine = new MachineReport(
            Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            $"redis {(await server.InfoAsync("server"))["redis_version"]}");
        return new BenchReport(TimeProvider.System.GetUtcNow(), machine, storms, [.. figures.Select(figure => options.Tiny ? figure.Tiny : figure)], log.Problems);
    }

    // Beside what a user gets, the portable transport in the same rounds.
    private static IEnumerable<IContestant> Ourselves(BenchOptions options)
    {
        yield return new ActorLoadContestant(ActorLoadContestant.ContestantName, options.Transport);
        if (options.Transport == BenchOptions.Automatic)
        {
            yield return new ActorLoadContestant($"{ActorLoadContestant.ContestantName} ({BenchOptions.Portable})", BenchOptions.Portable);
        }
    }
}
