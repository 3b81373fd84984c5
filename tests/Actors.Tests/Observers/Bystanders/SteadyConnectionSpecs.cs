using ActorLoad.Observers.Bystanders;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

/// <summary>What a bystander's connection makes of a RST that it notices late: not when it reads, but when it connects or sends.</summary>
public sealed class SteadyConnectionSpecs : IDisposable
{
    private const string Full = "ERR max number of clients reached";

    private readonly PingTally _book = new(Given.Bystander(), TimeProvider.System.TimestampFrequency);
    private readonly TaskCompletionSource _reset = new();
    private SteadyConnection? _connection;

    public void Dispose() => _connection?.Close();

    [LinuxFact]
    public async Task Server_words_are_read_even_when_the_reset_came_before_the_connect_was_seen()
    {
        await using var peer = FaultPeer.Scripted((connection, stop) => SayAndResetAsync(connection, stop));
        var connection = Open(peer);
        _reset.SetResult();
        await ResetAsync(peer);

        connection.HandleReady();

        Assert.Equal((Full, null), (connection.LastFailure, connection.Socket));
        Assert.Equal([new(Full, 1L)], _book.Ledger("").Errors);
    }

    [LinuxTheory]
    [InlineData(true, Full)]
    [InlineData(false, "reset")]
    public async Task Reset_during_a_PING_is_reported_as_the_servers_last_words_or_a_reset(bool speaks, string expected)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await SayAndResetAsync(connection, stop, speaks);
        });
        var connection = await OpenUpAsync(peer);
        _reset.SetResult();
        await ResetAsync(peer);

        connection.Ping(TimeProvider.System.GetTimestamp());

        Assert.Equal((expected, null), (connection.LastFailure, connection.Socket));
        Assert.Equal([new(expected, 1L)], _book.Ledger("").Errors);
    }

    // A PING after a FIN is answered with a RST, and a thread that is late has a second one to send.
    [LinuxFact]
    public async Task FIN_followed_by_a_RST_is_recorded_as_peer_closed()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await _reset.Task.WaitAsync(stop);
        });
        var connection = await OpenUpAsync(peer);
        _reset.SetResult();
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.CloseWait) == 1);

        connection.Ping(TimeProvider.System.GetTimestamp());
        await SocketTable.UntilAsync(table => !table.Rows.Any(row => row.RemotePort == peer.Port));
        connection.Ping(TimeProvider.System.GetTimestamp());

        Assert.Equal(("peer-closed", null), (connection.LastFailure, connection.Socket));
    }

    private async Task SayAndResetAsync(PeerConnection connection, CancellationToken stop, bool speaks = true)
    {
        await _reset.Task.WaitAsync(stop);
        if (speaks)
        {
            await connection.SendAsync($"-{Full}\r\n", stop);
        }

        connection.Abort();
    }

    private SteadyConnection Open(FaultPeer peer)
    {
        _connection = new SteadyConnection(peer.EndPoint, Given.Bystander(), _book, TimeProvider.System);
        _connection.Open();
        return _connection;
    }

    private async Task<SteadyConnection> OpenUpAsync(FaultPeer peer)
    {
        var connection = Open(peer);
        await peer.AcceptedAsync(1);
        await Eventually.IsAsync(true, () =>
        {
            connection.HandleReady();
            return connection.IsUp;
        });
        return connection;
    }

    // Whatever comes of it has come.
    private static async Task ResetAsync(FaultPeer peer)
    {
        await peer.AcceptedAsync(1);
        await SocketTable.UntilAsync(table => !table.Rows.Any(row => row.State == SocketState.Established && row.IsOf(peer.Port)));
    }
}
