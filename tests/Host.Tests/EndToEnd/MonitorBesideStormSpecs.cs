using System.Text.Json;
using ActorLoad.Hosting.Tests.Commands;
using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Monitoring;
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
    private const int Bursts = 2;
    private const int Queue = 300;

    // What a run may open beside its own connections, to observe.
    private const int Observers = 8;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    [RedisNetnsFact]
    public async Task Open_connections_are_seen_within_one_interval_at_both_ends()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        var gate = new Gate(server);
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
    public async Task Monitor_peaks_agree_with_the_runs_own_counts_within_one_interval()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.core.somaxconn", $"{Queue}");
        await using var server = await RedisServer.StartAsync(network, "--tcp-backlog", "511");
        var gate = new Gate(server);
        await using var monitor = await MonitorProcess.StartAsync(server.Port, network.Prefix, "--json", "--interval", "100ms");

        // The queue is shorter than a burst: a SYN may come again after seconds, and the gate waits for it.
        var run = Storm.RunAsync(
            server.Target, Storm.Load(Connections, count: Bursts, gap: "300ms") + Gate.Script + "\n connection.connect-timeout = 50s", new ActorLoadOptions { Wrapper = network.Prefix });
        var allOpen = new List<MonitorLine>();
        for (var burst = 0; burst < Bursts; burst++)
        {
            await gate.OpenAsync(Connections, run, async () => allOpen.Add(await monitor.FreshLineAsync()));
        }

        var storm = await run;
        var summary = MonitorProcess.Summary(await monitor.StopAsync());
        var peakOpen = storm.Result.GetProperty("generator").GetProperty("peakOpen").GetInt64();
        Assert.Equal(Connections, peakOpen);
        Assert.InRange(summary.Peaks.Client.Estab!.Value, peakOpen, peakOpen + Observers);
        Assert.InRange(summary.Peaks.Server.Estab!.Value, peakOpen, peakOpen + Observers);
        Assert.InRange(summary.Totals.Opens!.Value, storm.Attempts, storm.Attempts + Observers);
        Assert.InRange(summary.Totals.Accepts!.Value, storm.Attempts, storm.Attempts + Observers);
        Assert.Equal(Counted(storm, "ListenOverflows"), summary.Totals.Overflows!.Value); // nobody else is in this network
        Assert.Equal(0, summary.Peaks.Client.TimeWait!.Value); // closed by RST
        Assert.Equal(Queue, summary.AcceptQueueLimit); // tcp-backlog, cut to somaxconn
        Assert.InRange(summary.Peaks.AcceptQueue!.Value, 0, Queue + 1); // it is looked at each 20 ms, and may have been empty each time
        Assert.Contains(storm.Bursts.Zip(allOpen), burst => IsWithin(burst.First, burst.Second.At, summary.Peaks.Client.Estab.At));
    }

    private static long Counted(Storm storm, string counter) => storm.Result.GetProperty("ledgers").GetProperty("kernel").GetProperty("counters")
        .GetProperty(counter).GetProperty("delta").GetInt64();

    /// <summary>True if a time lies in a burst that had all its connections open at <paramref name="full"/>, give or take an interval.</summary>
    private static bool IsWithin(JsonElement burst, DateTimeOffset full, DateTimeOffset at)
    {
        var length = TimeSpan.FromSeconds(burst.GetProperty("durationSeconds").GetDouble());
        return at >= full - length - _interval && at <= full + length + _interval;
    }
}
