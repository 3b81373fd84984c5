using System.Collections.Concurrent;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Resp;
using ActorLoad.Transport;
using Akka.Actor;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>How a connection uses a server that is well, and one that is not.</summary>
public abstract class ConnectionActorSpecs(string transport) : ConnectionKit(transport)
{
    public static TheoryData<string, Outcome> FaultsInUse => new()
    {
        { "resets at once", Outcome.Reset },
        { "resets", Outcome.Reset },
        { "closes at once", Outcome.PeerClosed },
        { "closes", Outcome.PeerClosed },
        { "hangs", Outcome.ReplyTimeout },
        { "sends half a reply", Outcome.ReplyTimeout },
        { "sends half a reply and closes", Outcome.PeerClosed },
        { "speaks HTTP", Outcome.ProtocolError },
        { "says two things", Outcome.ProtocolError },
    };

    [SkippableFact]
    public async Task Connection_sends_its_script_command_by_command_and_succeeds()
    {
        var commands = new ConcurrentQueue<string>();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                commands.Enqueue(string.Join(' ', command));
                await connection.SendAsync("+OK\r\n", stop);
            }
        });
        await OpenAsync(peer, Given.Connection("PING", "GET foo", "SET foo {burst}:{client}"));
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(["PING", "GET foo", "SET foo 7:42"], commands);
        var timings = Entry.Timings;
        long[] steps = [timings.Started, timings.AttemptStarted, timings.Connected, timings.FirstReply, timings.LastReply];
        Assert.Equal(steps.Order(), steps);
        Assert.True(timings.Started > 0 && timings.LastReply > timings.FirstReply);
        Assert.Equal(1, Entry.Attempts);
        Assert.Equal((timings.Started, timings.Started), (Entry.Share.FirstStart, Entry.Share.LastStart));
        await NoSocketIsLeftAsync(peer);
    }

    [SkippableFact]
    public async Task Setup_comes_before_the_script_and_has_a_time_of_its_own()
    {
        var commands = new ConcurrentQueue<string>();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                commands.Enqueue(string.Join(' ', command));
                await connection.SendAsync("+OK\r\n", stop);
            }
        });
        Credentials = new Credentials("me", "hunter2");
        await OpenAsync(peer, Given.Connection("PING"));
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(["AUTH me hunter2", "PING"], commands);
        var timings = Entry.Timings;
        long[] steps = [timings.Connected, timings.SetupDone, timings.FirstSent, timings.FirstReply];
        Assert.Equal(steps.Order(), steps);
        Assert.True(timings.FirstReply > timings.SetupDone && timings.SetupDone > timings.Connected);
    }

    [SkippableFact]
    public async Task Setup_is_all_that_a_connection_without_a_script_says()
    {
        await using var peer = FaultPeer.Answering();
        Credentials = new Credentials("", "hunter2");
        await OpenAsync(peer, Given.Connection());
        await EndsAsync(Outcome.Succeeded);
        Assert.True(Entry.Timings.SetupDone > 0);
        Assert.Equal((0, 0), (Entry.Timings.FirstReply, Entry.Timings.LastReply));
    }

    [SkippableFact]
    public async Task Setup_that_the_server_refuses_rejects_the_connection()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            await connection.SendAsync("-WRONGPASS invalid username-password pair\r\n", stop);
            await connection.ReadCommandAsync(stop);
        });
        Credentials = new Credentials("", "hunter2");
        await OpenAsync(peer, Given.Connection("PING"));
        Assert.Equal("WRONGPASS", Assert.IsType<RejectedException>(await FailsAsync(Outcome.Rejected)).Prefix);
        Assert.Equal((0, 0), (Entry.Timings.SetupDone, Entry.Timings.FirstReply));
    }

    [SkippableFact]
    public async Task Connection_without_commands_connects_and_closes()
    {
        await using var peer = FaultPeer.Answering();
        await OpenAsync(peer, Given.Connection());
        await EndsAsync(Outcome.Succeeded);
        await peer.AcceptedAsync(1);
        Assert.NotEqual(0, Entry.Timings.Connected);
        Assert.Equal((0, 0), (Entry.Timings.FirstReply, Entry.Timings.LastReply));
    }

    [SkippableFact]
    public async Task Replies_in_single_bytes_and_of_megabytes_are_read_to_their_end()
    {
        await using var dribbling = FaultPeer.Dribble();
        await OpenAsync(dribbling, Given.Connection("PING", "GET foo", "SET foo 1"));
        await EndsAsync(Outcome.Succeeded);

        await using var huge = FaultPeer.HugeReply(8 << 20);
        await OpenAsync(huge, Given.Connection("GET a", "GET b"));
        await EndsAsync(Outcome.Succeeded);
    }

    [SkippableFact]
    public async Task A_closed_port_is_refused()
    {
        await using var peer = FaultPeer.ClosedPort();
        await OpenAsync(peer, Given.Connection("PING"));
        Assert.IsType<ConnectionRefusedException>(await FailsAsync(Outcome.Refused));
    }

    [LinuxFact]
    public async Task A_connect_that_is_not_answered_is_a_connect_timeout()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        await OpenAsync(peer, Given.Connection("PING") with { ConnectTimeout = Given.Briefly });
        Assert.IsType<ConnectTimeoutException>(await FailsAsync(Outcome.ConnectTimeout));
        await SocketTable.UntilAsync(table => table.CountTo(peer.Port, SocketState.SynSent) == 0);
    }

    [SkippableTheory]
    [MemberData(nameof(FaultsInUse))]
    public async Task Misbehaving_server_fails_with_the_outcome_of_its_fault(string fault, Outcome outcome)
    {
        await using var peer = PeerThat(fault);
        var timeout = outcome == Outcome.ReplyTimeout ? Given.Briefly : Given.Patience;
        await OpenAsync(peer, Given.Connection("PING", "GET foo") with { ReplyTimeout = timeout });
        await FailsAsync(outcome);
        await NoSocketIsLeftAsync(peer);
    }

    [SkippableTheory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", false, "HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", true, "SSH")]
    [InlineData("ERROR\r\n", false, "memcached")]
    [InlineData("S", false, "")]
    [InlineData("*1\r\n$4\r\nPING\r\n", false, "echo")]
    [InlineData("*1\r\n$4\r\nPING\r\n", true, "echo")]
    [InlineData("*1\r\n$4\r\nPI", false, "echo")]
    [InlineData("+PONG\r\n+PONG\r\n", false, "unasked")]
    public async Task Server_without_RESP_is_known_by_its_words(string said, bool inSingleBytes, string peer)
    {
        await using var server = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            foreach (var piece in inSingleBytes ? said.Select(letter => $"{letter}") : [said])
            {
                await connection.SendAsync(piece, stop);
            }

            await connection.FinishAsync(stop);
        });
        await OpenAsync(server, Given.Connection("PING", "GET foo"));
        Assert.Equal(peer, Assert.IsType<ProtocolErrorException>(await FailsAsync(Outcome.ProtocolError)).Reply.Peer);
    }

    [SkippableTheory]
    [InlineData("ERR max number of clients reached", "ERR max number of clients reached")]
    [InlineData("NOAUTH Authentication required.", "NOAUTH")]
    [InlineData("LOADING Redis is loading the dataset in memory", "LOADING")]
    public async Task An_error_reply_is_a_rejection_with_its_prefix(string text, string prefix)
    {
        await using var peer = FaultPeer.ErrorReply(text);
        await OpenAsync(peer, Given.Connection("PING"));
        Assert.Equal(prefix, Assert.IsType<RejectedException>(await FailsAsync(Outcome.Rejected)).Prefix);
    }

    [SkippableFact]
    public async Task Restarted_connection_repeats_its_script_with_the_same_ticket()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (connection.Number < 3)
            {
                await connection.AnswerAsync(1, stop);
                await connection.ReadCommandAsync(stop);
                connection.Abort();
                return;
            }

            Assert.Equal(["PING"], await connection.ReadCommandAsync(stop));
            await connection.SendAsync("+PONG\r\n", stop);
            await connection.AnswerAsync(int.MaxValue, stop);
        });
        await OpenAsync(peer, Given.Connection("PING", "GET foo"), restarts: 2);
        await ThrowsAsync(Outcome.Reset);
        await ThrowsAsync(Outcome.Reset);
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(3, Entry.Attempts);
        Assert.True(Entry.Timings.Started < Entry.Timings.AttemptStarted);
        await NoSocketIsLeftAsync(peer);
    }

    [SkippableFact]
    public async Task Late_messages_of_an_older_link_are_ignored()
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            if (connection.Number == 1)
            {
                connection.Abort();
                return;
            }

            await mayAnswer.Task;
            await connection.SendAsync("+PONG\r\n", stop);
            await connection.DrainAsync(stop);
        });
        var connection = await OpenAsync(peer, Given.Connection("PING"), restarts: 1);
        await ThrowsAsync(Outcome.Reset);
        await peer.AcceptedAsync(2);
        var older = new StubLink();
        connection.Tell(new Connected(older));
        connection.Tell(new Received(older));
        connection.Tell(new LinkFailed(older, LinkFault.Reset));
        mayAnswer.SetResult();
        await EndsAsync(Outcome.Succeeded);
    }

    private static FaultPeer PeerThat(string fault) => fault switch
    {
        "resets at once" => FaultPeer.Resetting(),
        "resets" => FaultPeer.Resetting(afterCommands: 2),
        "closes at once" => FaultPeer.Closing(),
        "closes" => FaultPeer.Closing(afterCommands: 2),
        "hangs" => FaultPeer.Hanging(afterCommands: 2),
        "sends half a reply" => FaultPeer.HalfReply(),
        "sends half a reply and closes" => FaultPeer.HalfReply(thenClose: true),
        "speaks HTTP" => FaultPeer.Garbage(),
        "says two things" => FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadCommandAsync(stop);
            await connection.SendAsync("+PONG\r\n+PONG\r\n", stop);
            await connection.DrainAsync(stop);
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "no such peer"),
    };
}

public sealed class ConnectionActorOverRingSpecs() : ConnectionActorSpecs(LoopsOf.Ring);

public sealed class ConnectionActorOverSocketsSpecs() : ConnectionActorSpecs(LoopsOf.Sockets);
