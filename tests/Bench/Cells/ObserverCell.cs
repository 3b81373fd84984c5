using ActorLoad.Bench.Contestants;
using ActorLoad.Bench.Measuring;
using ActorLoad.Bench.Reporting;
using ActorLoad.Peers;

namespace ActorLoad.Bench.Cells;

/// <summary>What observing costs: beside a storm, with all observers and with none in turn, and beside thousands of sockets at rest.</summary>
internal static class ObserverCell
{
    private const string All = "observers { server.enabled = on, kernel.enabled = on, bystander { connections = 4, before = 1s } }";
    private const string KernelOnly = "observers { server.enabled = off, kernel.enabled = on }";

    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchOptions options, RedisServer server)
    {
        var size = options.LongRunBurst;
        var phase = new RunPhase("watched", size, Math.Max(1, options.Connections / size), TimeSpan.Zero);
        var (ratios, failed) = (new List<double>(), 0L);
        for (var round = 0; round < options.Rounds; round++)
        {
            var (alone, watched) = (await StormAsync(RunFile.NoObservers), await StormAsync(All));
            failed += (2 * size * phase.Count) - alone.Succeeded - watched.Succeeded;
            ratios.Add((double)watched.At("generator", "cpuMicrosPerConnection") / (double)alone.At("generator", "cpuMicrosPerConnection"));
        }

        var shares = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            shares.Add(100 * (await RestingAsync(KernelOnly) - await RestingAsync(RunFile.NoObservers)));
        }

        return
        [
            new Figure("observers", "errors", failed, Figure.Connections, AtMost: 0),
            new Figure("observers", $"CPU per connection in bursts of {size}, all observers / none", Median.Of(ratios), "x", AtMost: 1.05),
            new Figure("observers", $"kernel observer beside {2 * options.Resting} sockets, once a second", Median.Of(shares), "% of a core", AtMost: 3),
        ];

        Task<ActorLoadRun> StormAsync(string observers) => ActorLoadRun.StartAsync(
            RunFile.Text([phase], BenchOptions.Script, size, TimeSpan.Zero, options.Transport, observers), server.Target, TimeSpan.FromMinutes(5), [0]);

        // Both ends of a connection on loopback are sockets of this machine.
        async Task<double> RestingAsync(string observers)
        {
            var share = double.NaN;
            var file = RunFile.Text([new RunPhase("rest", options.Resting, 1, TimeSpan.Zero)], ["PING"], options.Resting, options.Rest, options.Transport, observers);
            await ActorLoadRun.StartAsync(
                file, server.Target, TimeSpan.FromMinutes(2), [0],
                async (pid, exit) => share = await ProcessWatch.ShareOfCoreAsync(pid, exit, server, options.Resting));
            return share;
        }
    }
}
