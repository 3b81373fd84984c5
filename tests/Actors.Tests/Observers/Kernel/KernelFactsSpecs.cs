using System.Net.Sockets;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>What this kernel counts when a socket is closed, refused or not let in: the ground on which ledger, proof and findings
/// stand.</summary>
public sealed class KernelFactsSpecs : IAsyncLifetime
{
    private NetworkNamespace _network = null!;
    private NamespaceSockets _sockets = null!;
    private KernelSources _sources = null!;
    private KernelReading _before = null!;
    private KernelReading _after = null!;

    public async Task InitializeAsync()
    {
        _network = await NetworkNamespace.CreateAsync();
        Use(new NamespaceSockets(_network));
    }

    public async Task DisposeAsync()
    {
        _sources.Dispose();
        _sockets.Dispose();
        await _network.DisposeAsync();
    }

    [NetnsFact]
    public async Task Close_with_linger_zero_counts_an_abort_on_data_and_a_reset_at_both_ends()
    {
        var (client, server) = _sockets.Pair();
        Exchange(client, server);
        Begin();
        NamespaceSockets.Abort(client);
        await Eventually.IsAsync("EstabResets 2, OutRsts 1, TCPAbortOnData 1", Counted);
        await Eventually.IsAsync("", Left);
    }

    [NetnsFact]
    public async Task Close_with_linger_zero_and_an_unread_reply_counts_an_abort_on_close()
    {
        var (client, server) = _sockets.Pair();
        Exchange(server, client, read: false);
        Begin();
        NamespaceSockets.Abort(client);
        await Eventually.IsAsync("EstabResets 2, OutRsts 1, TCPAbortOnClose 1", Counted);
        await Eventually.IsAsync("", Left);
    }

    [NetnsFact]
    public async Task Close_without_linger_and_with_an_unread_reply_is_an_abort()
    {
        var (client, server) = _sockets.Pair();
        Exchange(server, client, read: false);
        Begin();
        client.Dispose();
        await Eventually.IsAsync("EstabResets 2, OutRsts 1, TCPAbortOnClose 1", Counted);
        await Eventually.IsAsync("", Left);
    }

    [NetnsFact]
    public async Task Linger_zero_close_after_the_peers_FIN_aborts_and_the_peer_counts_nothing()
    {
        var (client, server) = _sockets.Pair();
        server.Shutdown(SocketShutdown.Send);
        Begin();
        NamespaceSockets.Abort(client);
        await Eventually.IsAsync("EstabResets 1, OutRsts 1, TCPAbortOnData 1", Counted);
        await Eventually.IsAsync("", Left);
    }

    [NetnsFact]
    public async Task Close_after_the_peers_RST_is_not_counted()
    {
        var (client, server) = _sockets.Pair();
        NamespaceSockets.Abort(server);
        await Eventually.IsAsync("", Left);
        Begin();
        NamespaceSockets.Abort(client);
        await Eventually.IsAsync("", Counted);
    }

    [NetnsFact]
    public async Task Server_that_closes_first_counts_TIME_WAIT_in_FIN_WAIT_and_resets_later_data()
    {
        var (client, server) = _sockets.Pair();
        Begin();
        server.Dispose();
        await Eventually.IsAsync("TW 1", Counted); // once the client's kernel has sent its acknowledgement
        Assert.Equal(("CLOSE-WAIT 1", "FIN-WAIT-2 1", 1), (Left(), SocketDiagSpecs.Describe(_after.Sockets!.Server), _after.Levels["tw"]));

        client.Send("PING\r\n"u8.ToArray());
        NamespaceSockets.Abort(client);
        await Eventually.IsAsync("EstabResets 1, OutRsts 1, TW 1", Counted);
        Assert.Equal("", SocketDiagSpecs.Describe(_after.Sockets!.Server));
    }

    [NetnsFact]
    public async Task Abandoned_connect_counts_an_abort_on_data_but_no_failed_attempt_or_RST()
    {
        FillAcceptQueue();
        Begin();
        var connecting = _sockets.BeginConnect();
        NamespaceSockets.Abort(connecting);
        await Eventually.IsAsync("ActiveOpens 1, ListenDrops 1, ListenOverflows 1, TCPAbortOnData 1", Counted);
    }

    [NetnsFact]
    public async Task Connect_abandoned_without_linger_counts_no_abort_and_leaves_no_socket()
    {
        FillAcceptQueue();
        Begin();
        _sockets.BeginConnect().Dispose();
        await Eventually.IsAsync("ESTAB 2", Left);
        Assert.Equal("ActiveOpens 1, ListenDrops 1, ListenOverflows 1", Counted());
    }

    [NetnsFact]
    public async Task Refused_connect_counts_a_failed_attempt_and_a_RST_but_no_abort()
    {
        _sockets.StopListening();
        await Eventually.IsAsync(0, () => _sources.ReadListeners()!.Listeners);
        Begin();
        Assert.Throws<SocketException>(() => _sockets.Connect());
        await Eventually.IsAsync("ActiveOpens 1, AttemptFails 1, OutRsts 1", Counted);
    }

    [NetnsFact]
    public async Task FIN_close_counts_no_abort_and_puts_the_first_closer_in_TIME_WAIT()
    {
        var (client, server) = _sockets.Pair();
        Begin();
        client.Dispose();
        await Eventually.IsAsync("FIN-WAIT-2 1", Left);
        server.Dispose();
        await Eventually.IsAsync("TW 1", Counted);
        await Eventually.IsAsync("TIME-WAIT 1", Left);
        Assert.Equal(1, _after.Levels["tw"]);
    }

    [NetnsFact]
    public void Connection_counts_one_active_and_one_passive_open()
    {
        Begin();
        _sockets.Pair();
        Assert.Equal("ActiveOpens 1, PassiveOpens 1", Counted());
    }

    [NetnsFact]
    public void SYN_before_a_full_accept_queue_counts_an_overflow_and_a_drop()
    {
        FillAcceptQueue();
        Begin();
        _sockets.BeginConnect();
        _sockets.BeginConnect();
        Assert.Equal("ActiveOpens 2, ListenDrops 2, ListenOverflows 2", Counted());
    }

    [NetnsFact]
    public async Task Full_SYN_queue_without_syncookies_drops_SYNs_under_a_counter_of_its_own()
    {
        await _network.SysctlAsync("net.ipv4.tcp_syncookies", "0");
        FillSynQueue();
        var (dropped, listenDrops) = (Grown("TCPReqQFullDrop"), Grown("ListenDrops"));
        Assert.True(dropped >= 2, Counted()); // older kernels hold one less
        Assert.Equal((dropped, 0, 0), (listenDrops, Grown("ListenOverflows"), Grown("TCPReqQFullDoCookies")));
    }

    [NetnsFact]
    public async Task Last_quarter_of_tcp_max_syn_backlog_drops_SYNs_uncounted_without_syncookies()
    {
        await _network.SysctlAsync("net.ipv4.tcp_syncookies", "0");
        await _network.SysctlAsync("net.ipv4.tcp_max_syn_backlog", "4");
        FillSynQueue(backlog: 64);
        Assert.True(Grown("ListenDrops") >= 2, Counted());
        Assert.Equal((0, 0), (Grown("TCPReqQFullDrop"), Grown("ListenOverflows")));
    }

    [NetnsFact]
    public async Task Syncookies_answer_a_full_SYN_queue_and_ignore_tcp_max_syn_backlog()
    {
        await _network.SysctlAsync("net.ipv4.tcp_max_syn_backlog", "4");
        FillSynQueue();
        var cookies = Grown("TCPReqQFullDoCookies");
        Assert.True(cookies >= 2, Counted());
        Assert.Equal((cookies, 0), (Grown("SyncookiesSent"), Grown("ListenDrops")));

        FillSynQueue(backlog: 64);
        Assert.Equal((0, 0), (Grown("TCPReqQFullDoCookies"), Grown("ListenDrops")));
    }

    [NetnsFact]
    public async Task Abort_on_overflow_does_not_answer_a_syn_before_a_full_accept_queue()
    {
        await _network.SysctlAsync("net.ipv4.tcp_abort_on_overflow", "1");
        FillAcceptQueue();
        Begin();
        _sockets.BeginConnect();
        await Eventually.IsAsync("ActiveOpens 1, ListenDrops 1, ListenOverflows 1", Counted);
    }

    private void Use(NamespaceSockets sockets)
    {
        _sockets?.Dispose();
        _sources?.Dispose();
        _sockets = sockets;
        _sources = _network.Inside(() => new KernelSources(
            KernelPaths.Linux with { Net = "/proc/thread-self/net" }, [sockets.EndPoint], TimeProvider.System));
    }

    private void FillAcceptQueue()
    {
        Use(new NamespaceSockets(_network, backlog: 1));
        _sockets.Connect();
        _sockets.Connect();
    }

    // Seven connections that send nothing, and so stay half open.
    private void FillSynQueue(int backlog = 4)
    {
        Use(new NamespaceSockets(_network, backlog));
        _sockets.DeferAccepts();
        Begin();
        for (var connection = 0; connection < 7; connection++)
        {
            _sockets.BeginConnect();
        }

        End();
    }

    private static void Exchange(Socket sender, Socket receiver, bool read = true)
    {
        sender.Send("PING\r\n"u8.ToArray());
        if (read)
        {
            Assert.Equal(6, receiver.Receive(new byte[64]));
        }
    }

    private void Begin()
    {
        _before = _sources.Read(countAnew: true);
        Assert.Empty(_sources.Unseen.Sentences);
    }

    private void End() => _after = _sources.Read(countAnew: true);

    private long Grown(string name) => NetCounters.Growth(_before.Counters[name]!.Value, _after.Counters[name]!.Value)!.Value;

    // What each counter of the ledger grew by until now, but for the segments.
    private string Counted()
    {
        End();
        return string.Join(", ", KernelCounterNames.Tcp.Concat(KernelCounterNames.TcpExt)
            .Where(name => name is not ("InSegs" or "OutSegs") && Grown(name) > 0)
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} {Grown(name)}"));
    }

    private string Left() => SocketDiagSpecs.Describe(_sources.Read(countAnew: true).Sockets!.Client);
}
