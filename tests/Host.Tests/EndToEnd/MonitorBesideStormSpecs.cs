using ActorLoad.Hosting.Tests.Commands;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>A monitor beside a real storm, in a network where nobody else is: what it saw is what the run says that it did.</summary>
public sealed class MonitorBesideStormSpecs
{
    private const int Connections = 600;

    // What a run may open beside its own connections, to observe.
    private const int Observers = 8;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    [RedisNetnsFact]
    public async Task What_is_open_is_seen_within_one_interval_at_both_ends()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        using var gate = new Gate(server);
        await using var monitor = await MonitorProcess.StartAsync(server.Port, network.Prefix, "--json", "--interval", "100ms");
        var run = Storm.RunAsync(server.Target, Storm.Load(Connections) + Gate.Script, new ActorLoadOptions { Wrapper = network.Prefix });

        await gate.OpenAsync(Connections, run, async () =>
        {
            var line = await monitor.FreshLineAsync();
            Assert.InRange(line.Client!.Estab, Connections, Connections + Observers);
            Assert.InRange(line.Server!.Estab, Connections, Connections + Observers);
        });

        Assert.Equal(Connections, (await run).Connections("succeeded"));
        var after = await monitor.FreshLineAsync();
        Assert.Equal((0, 0), (after.Client!.Estab, after.Server!.Estab));
        await monitor.StopAsync();
    }

    [RedisNetnsFact]
    public async Task Its_peaks_agree_with_the_runs_own_counts_within_one_interval()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", "650"); // room for a whole burst, however late the server gets round to it
        await using var server = await RedisServer.StartAsync(network, "--tcp-backlog", "1024");
        await using var monitor = await MonitorProcess.StartAsync(server.Port, network.Prefix, "--json", "--interval", "100ms");

        var storm = await Storm.RunAsync(
            server.Target, Storm.Load(Connections, count: 2, gap: "300ms") + "\n connection.hold = 3s", // all of a burst are open at once, and seen so
            new ActorLoadOptions { Wrapper = network.Prefix });

        var summary = MonitorProcess.Summary(await monitor.StopAsync());
        var peakOpen = storm.Result.GetProperty("generator").GetProperty("peakOpen").GetInt64();
        Assert.InRange(summary.Peaks.Client.Estab!.Value, peakOpen, peakOpen + Observers);
        Assert.InRange(summary.Peaks.Server.Estab!.Value, peakOpen, peakOpen + Observers);
        Assert.InRange(summary.Totals.Opens!.Value, storm.Attempts, storm.Attempts + Observers);
        Assert.Equal(0, summary.Peaks.Client.TimeWait!.Value); // closed by RST
        Assert.Equal(650, summary.AcceptQueueLimit); // tcp-backlog, cut to somaxconn

        var run = storm.Result.GetProperty("run");
        var (started, seconds) = (run.GetProperty("startedAt").GetDateTimeOffset(), run.GetProperty("durationSeconds").GetDouble());
        Assert.InRange(summary.Peaks.Client.Estab.At, started - _interval, started.AddSeconds(seconds) + _interval);
    }
}
