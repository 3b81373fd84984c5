using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Peers;

public sealed class KernelSpecs
{
    [LinuxFact]
    public async Task A_fin_close_leaves_time_wait_and_an_abort_leaves_nothing()
    {
        await using var peer = FaultPeer.Answering();
        using (var polite = await RawClient.ConnectAsync(peer.EndPoint))
        {
            await polite.PingAsync();
            await polite.ReadAsync(7);
            await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 1);
        }

        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);
        using var rude = await RawClient.ConnectAsync(peer.EndPoint);
        await rude.PingAsync();
        await rude.ReadAsync(7);
        var before = KernelCounters.Read();
        rude.Abort();
        // Other tests abort connections too, so the machine's counter may grow by more.
        await Eventually.IsAsync(true, () => KernelCounters.Read().Since(before)["TcpExtTCPAbortOnData"] >= 1);
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.Established) == 0);

        await peer.DisposeAsync();
        var after = await SocketTable.UntilAsync(table => table.TimeWaitCount(peer.Port) == 1);
        Assert.Equal(0, after.CountTo(peer.Port, SocketState.Established));
    }

    [LinuxFact]
    public void A_counter_that_the_kernel_does_not_have_is_an_error()
    {
        Assert.Throws<KeyNotFoundException>(() => KernelCounters.Read()["TcpExtNoSuchCounter"]);
    }

    [NetnsFact]
    public async Task A_namespace_has_its_own_counters_sockets_and_sysctls()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "40000 40003");
        Assert.Equal("40000\t40003\n", (await network.ExecAsync("cat", "/proc/sys/net/ipv4/ip_local_port_range")).Expect().Stdout);
        Assert.NotEqual("40000\t40003\n", await File.ReadAllTextAsync("/proc/sys/net/ipv4/ip_local_port_range"));

        var before = await KernelCounters.ReadAsync(network);
        (await network.ExecAsync("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9")).Expect(1);
        Assert.Equal(1, (await KernelCounters.ReadAsync(network)).Since(before)["TcpAttemptFails"]);
        Assert.Empty((await SocketTable.ReadAsync(network)).Rows);
    }

    [NetnsFact]
    public async Task A_namespace_has_no_route_out()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        var attempt = (await network.ExecAsync("bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/80")).Expect(1);
        Assert.Contains("Network is unreachable", attempt.Stderr, StringComparison.Ordinal);
    }

    [NetnsFact]
    public async Task A_disposed_namespace_is_gone()
    {
        var network = await NetworkNamespace.CreateAsync();
        await network.DisposeAsync();
        Assert.Contains(network.Name, (await network.ExecAsync("true")).Expect(255).Stderr, StringComparison.Ordinal);
    }
}
