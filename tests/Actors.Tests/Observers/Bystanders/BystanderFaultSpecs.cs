using ActorLoad.Observers.Bystanders;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class BystanderFaultSpecs : BystanderKit
{
    // Nobody waits for a baseline that cannot be had.
    private static BystanderSettings Settings => Given.Bystander() with { Before = TimeSpan.FromHours(1), After = TimeSpan.FromSeconds(1) };

    // For a peer that says nothing; from one that does, its word must come before.
    private static BystanderSettings Impatient => Settings with
    {
        ConnectTimeout = TimeSpan.FromMilliseconds(300),
        ReplyTimeout = TimeSpan.FromMilliseconds(300),
    };

    [Fact]
    public async Task Port_without_a_listener_is_reported() => await CannotBeOpenedAsync(FaultPeer.ClosedPort(), "refused");

    [LinuxFact]
    public async Task Server_that_does_not_answer_the_SYN_counts_as_connect_timeout() =>
        await CannotBeOpenedAsync(await FaultPeer.NotAcceptingAsync(), "connect-timeout", Impatient);

    [Fact]
    public async Task Server_that_never_answers_counts_as_reply_timeout() => await CannotBeOpenedAsync(FaultPeer.Hanging(), "reply-timeout", Impatient);

    [Fact]
    public async Task Server_that_resets_counts_as_reset() => await CannotBeOpenedAsync(FaultPeer.Resetting(), "reset");

    [Fact]
    public async Task Server_that_closes_counts_as_peer_closed() => await CannotBeOpenedAsync(FaultPeer.Closing(), "peer-closed");

    [Fact]
    public async Task Server_that_speaks_another_protocol_counts_as_protocol_error() => await CannotBeOpenedAsync(FaultPeer.Garbage(), "protocol-error");

    [Fact]
    public async Task Bulk_string_as_answer_to_PING_counts_as_protocol_error() =>
        await CannotBeOpenedAsync(FaultPeer.HugeReply(1_000_000), "protocol-error");

    [Fact]
    public async Task Server_that_stops_within_its_reply_cannot_be_opened() => await CannotBeOpenedAsync(FaultPeer.Scripted(async (connection, stop) =>
    {
        await connection.SendAsync("+PO", stop);
        await connection.DrainAsync(stop);
    }), "reply-timeout", Impatient);

    [Fact]
    public async Task Server_that_refuses_and_closes_is_counted_once_under_its_words()
    {
        var ledger = await CannotBeOpenedAsync(
            FaultPeer.ErrorOnAccept("ERR max number of clients reached"), "ERR max number of clients reached");
        Assert.DoesNotContain("peer-closed", ledger.Unseen[^1], StringComparison.Ordinal);
    }

    // As a full Redis does that finds a PING unread when it closes.
    [Fact]
    public async Task Server_that_refuses_and_resets_is_counted_once_under_its_words()
    {
        var ledger = await CannotBeOpenedAsync(FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.SendAsync("-ERR max number of clients reached\r\n", stop);
            connection.Abort();
        }), "ERR max number of clients reached");
        Assert.DoesNotContain("reset", ledger.Unseen[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_fails_later_is_reopened_and_its_PINGs_count_as_lost()
    {
        await using var peer = FaultPeer.Resetting(afterCommands: 10);
        var observed = await ObserveQuietAsync(Settings with { Before = TimeSpan.FromMilliseconds(500) }, peer.EndPoint);
        var ledger = observed.Ledger!;
        Assert.InRange(ledger.Before!.Count + (ledger.After?.Count ?? 0), 8, 8 * peer.Accepted); // nine good answers, one to the greeting
        Assert.True(ledger.Errors["reset"] >= 3);
        Assert.True(ledger.Unanswered >= 3);
        Assert.Null(ledger.RecoverySeconds); // one PING in nine is lost
        Assert.Empty(InTimeWait(peer.Port));
    }

    [Fact]
    public async Task Silent_server_is_given_up_and_reopened()
    {
        await using var peer = FaultPeer.Hanging(afterCommands: 5);
        var settings = Settings with { Before = TimeSpan.FromSeconds(2), After = TimeSpan.FromSeconds(3), ReplyTimeout = TimeSpan.FromSeconds(1) };
        var ledger = (await ObserveQuietAsync(settings, peer.EndPoint)).Ledger!;
        Assert.True(ledger.Errors["reply-timeout"] >= 3);
        Assert.True(ledger.WorstStallMicros >= 1_000_000, $"{ledger.WorstStallMicros}");
        Assert.Equal("did not recover in 3 s", ledger.Recovery);
    }

    [Fact]
    public async Task A_reply_may_come_byte_by_byte()
    {
        await using var peer = FaultPeer.Dribble();
        var ledger = (await ObserveQuietAsync(Given.Bystander(), peer.EndPoint)).Ledger!;
        Assert.Equal(0, ledger.Unanswered);
        Assert.Empty(ledger.Errors);
    }

    [Fact]
    public async Task Loading_server_is_asked_again_over_the_same_connections()
    {
        await using var peer = FaultPeer.ErrorReply("LOADING Redis is loading the dataset in memory");
        var observed = await ObserveQuietAsync(Settings, peer.EndPoint);
        Assert.Null(observed.Ledger);
        Assert.Equal($"3 of 3 bystander connections had no PONG from {peer.EndPoint} when the baseline began: LOADING", observed.Unseen[0]);
        Assert.StartsWith("no PING of the bystander was ever answered: LOADING ", observed.Unseen[1], StringComparison.Ordinal);
        Assert.Equal(3, peer.Accepted);
    }

    [Fact]
    public async Task Down_address_does_not_lose_the_figures_of_the_others()
    {
        await using var down = FaultPeer.ClosedPort();
        await using var up = FaultPeer.Answering();
        var settings = Settings with { Before = TimeSpan.FromMilliseconds(300), BandFloor = TimeSpan.FromSeconds(10) };
        var observed = await ObserveQuietAsync(settings, up.EndPoint, down.EndPoint);
        Assert.Equal(
            [$"1 of 3 bystander connections had no PONG from {down.EndPoint} when the baseline began: refused"], observed.Unseen);
        Assert.True(observed.Ledger!.Before!.Count >= 2 * 50 * 0.3, $"{observed.Ledger.Before}");
        Assert.Equal(2, up.Accepted);
    }

    private async Task<BystanderObserved> CannotBeOpenedAsync(FaultPeer peer, string word, BystanderSettings? settings = null)
    {
        await using (peer)
        {
            var observed = await ObserveQuietAsync(settings ?? Settings, peer.EndPoint);
            Assert.Null(observed.Ledger);
            Assert.Equal(
                $"3 of 3 bystander connections had no PONG from {peer.EndPoint} when the baseline began: {word}", observed.Unseen[0]);
            Assert.StartsWith($"no PING of the bystander was ever answered: {word} ", observed.Unseen[1], StringComparison.Ordinal);
            Assert.Equal(2, observed.Unseen.Count);
            Assert.Empty(InTimeWait(peer.Port));
            return observed;
        }
    }
}
