using ActorLoad.Hosting.Tests.EndToEnd;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Transport;

/// <summary>Fast open on real servers, in networks whose kernels allow it and do not.</summary>
public sealed class FastOpenSpecs
{
    [RedisNetnsTheory]
    [InlineData("io-uring")]
    [InlineData("sockets")]
    public async Task Commands_travel_in_the_SYN_where_the_server_allows_it(string transport)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.tcp_fastopen", "1027"); // both sides, every listener
        await using var server = await RedisServer.StartAsync(network);
        var before = await KernelCounters.ReadAsync(network);

        var storm = await Storm.RunAsync(
            server.Target, $"{Storm.Load(20, count: 3)}\n transport.kind = {transport}\n connection.fast-open = on",
            new ActorLoadOptions { Wrapper = network.Prefix });

        Assert.Equal((60, 0), (storm.Connections("succeeded"), storm.Retries));
        var counted = (await KernelCounters.ReadAsync(network)).Since(before);
        Assert.InRange(counted["TcpExtTCPFastOpenActive"], 40, 60); // the first ones fetch the cookie
        Assert.Equal(counted["TcpExtTCPFastOpenActive"], counted["TcpExtTCPFastOpenPassive"]);
    }

    [RedisNetnsFact]
    public async Task Machine_that_sends_no_fast_opens_is_told_before_the_run()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.tcp_fastopen", "0");

        var run = await ActorLoadProcess.RunAsync(
            ["run", "--set", "connection.fast-open=on", "--set", "connection.keep-alive=on", "--quiet", "--json"],
            new ActorLoadOptions { Wrapper = network.Prefix });

        run.Expect(2);
        Assert.Contains("connection.fast-open", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("sysctl -w net.ipv4.tcp_fastopen=1", run.Stderr, StringComparison.Ordinal);
    }
}
