using System.Net.Sockets;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Transport;
using Xunit;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>How a connection that has done its work leaves, and what stays behind at both ends.</summary>
public abstract class ConnectionClosingSpecs(string transport) : ConnectionKit(transport)
{
    public static TheoryData<CloseMode> Waiting => [CloseMode.Quit, CloseMode.HalfClose, CloseMode.Abandon];

    [LinuxTheory]
    [InlineData(CloseMode.Abort, false, null, SocketError.ConnectionReset, 0, 0)]
    [InlineData(CloseMode.Graceful, false, null, SocketError.Success, 1, 0)]
    [InlineData(CloseMode.Quit, false, CloseEnd.PeerFinished, SocketError.Success, 0, 1)]
    [InlineData(CloseMode.Quit, true, CloseEnd.PeerFinished, SocketError.Success, 0, 1)]
    [InlineData(CloseMode.HalfClose, false, CloseEnd.PeerFinished, SocketError.Success, 1, 0)]
    [InlineData(CloseMode.HalfClose, true, CloseEnd.PeerFinished, SocketError.Success, 1, 0)]
    [InlineData(CloseMode.Abandon, false, CloseEnd.Unread, SocketError.ConnectionReset, 0, 0)]
    [InlineData(CloseMode.Abandon, true, CloseEnd.Unread, SocketError.ConnectionReset, 0, 0)]
    public async Task Close_leaves_behind_what_its_mode_says(
        CloseMode mode, bool isHeld, CloseEnd? end, SocketError seenByPeer, int ourTimeWaits, int theirTimeWaits)
    {
        var ends = new Ends();
        await using var peer = PolitePeer.Watching(ends);
        await OpenAsync(peer, Given.Closing(mode) with { Hold = isHeld ? Given.Briefly : TimeSpan.Zero });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(end, Entry.CloseEnd);
        Assert.Equal(seenByPeer, await ends.FirstAsync());
        await SocketTable.UntilAsync(table => table.Rows.Count(row => row.IsOf(peer.Port) && row.State != SocketState.Listen) == ourTimeWaits + theirTimeWaits
            && table.CountTo(peer.Port, SocketState.TimeWait) == ourTimeWaits && table.CountOn(peer.Port, SocketState.TimeWait) == theirTimeWaits);
    }

    [LinuxFact]
    public async Task Abandoned_reply_is_counted_as_unread_by_the_kernel()
    {
        await using var peer = FaultPeer.Scripted(PolitePeer.ServeAsync);
        var before = KernelCounters.Read();
        await OpenAsync(peer, Given.Closing(CloseMode.Abandon));
        await EndsAsync(Outcome.Succeeded);
        await Eventually.IsAsync(true, () => KernelCounters.Read().Since(before)["TcpExtTCPAbortOnClose"] >= 1);
    }

    [SkippableFact]
    public async Task Abandoned_connection_sends_its_last_command_after_a_hold_however_small_its_buffer()
    {
        await using var peer = FaultPeer.Scripted(PolitePeer.ServeAsync);
        var settings = Given.Closing(CloseMode.Abandon) with { Hold = Given.Briefly };
        await OpenAsync(peer, settings with { Socket = settings.Socket with { ReceiveBuffer = 1 << 18, Options = [SocketOption.SendBuffer("", 4_608)] } });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(CloseEnd.Unread, Entry.CloseEnd);
    }

    [SkippableTheory]
    [MemberData(nameof(Waiting))]
    public async Task Server_that_does_not_end_the_connection_is_left_by_RST_after_the_limit(CloseMode mode)
    {
        // It neither answers nor closes after the script. What it says to a half-closed connection is not its end.
        var ends = new Ends();
        await using var peer = ends.Peer(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            await Never(stop);
        });
        await OpenAsync(peer, Given.Closing(mode) with { CloseTimeout = Given.Briefly });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(CloseEnd.TimedOut, Entry.CloseEnd);
        await SocketTable.UntilAsync(table => table.Rows.All(row => row.RemotePort != peer.Port));
    }

    [SkippableTheory]
    [MemberData(nameof(Waiting))]
    public async Task Server_that_resets_while_a_connection_leaves_does_not_fail_it(CloseMode mode)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            connection.Abort();
        });
        await OpenAsync(peer, Given.Closing(mode));
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(CloseEnd.PeerReset, Entry.CloseEnd);
    }

    [SkippableTheory]
    [MemberData(nameof(Waiting))]
    public async Task Connection_that_leaves_when_the_run_is_stopped_has_succeeded(CloseMode mode)
    {
        var leaves = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            leaves.SetResult();
            await connection.DrainAsync(stop);
            await Never(stop);
        });
        var connection = await OpenAsync(peer, Given.Closing(mode));
        await leaves.Task;
        connection.Tell(Cancel.Instance, Supervisor);
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(CloseEnd.CutOff, Entry.CloseEnd);
    }

    [SkippableTheory]
    [MemberData(nameof(Waiting))]
    public async Task Server_that_talks_on_cannot_keep_a_connection_from_leaving(CloseMode mode)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            while (true)
            {
                await connection.SendAsync(new byte[65536], stop);
            }
        });
        await OpenAsync(peer, Given.Closing(mode) with { CloseTimeout = Given.Briefly });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(mode == CloseMode.Abandon ? CloseEnd.Unread : CloseEnd.TimedOut, Entry.CloseEnd);
    }

    private static Task Never(CancellationToken stop) => new TaskCompletionSource().Task.WaitAsync(stop);
}

public sealed class ConnectionClosingOverRingSpecs() : ConnectionClosingSpecs(LoopsOf.Ring);

public sealed class ConnectionClosingOverSocketsSpecs() : ConnectionClosingSpecs(LoopsOf.Sockets);
