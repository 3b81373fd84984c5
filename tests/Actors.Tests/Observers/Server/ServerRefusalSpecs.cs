using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Resp;
using Akka.Actor;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Server;

/// <summary>Servers that do not tell, and peers that are none: the observer is ready all the same, and says why it saw nothing.</summary>
public sealed class ServerRefusalSpecs : ServerObserverKit
{
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(100);

    [RedisFact]
    public async Task Observer_logs_in_with_its_password()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        await StartAsync(redis.EndPoint, new Credentials("", "secret"));
        Begin();
        Assert.Equal(0, (await HealthyEndAsync()).ConnectionsReceived);
    }

    [RedisTheory]
    [InlineData("", "wants a password (NOAUTH Authentication required.)")]
    [InlineData("wrong", "does not take the user and password (WRONGPASS ")]
    public async Task Observer_without_the_right_password_sees_nothing_and_does_not_try_again(string password, string reason)
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        await StartAsync(redis.EndPoint, new Credentials("", password));
        Begin();
        Assert.StartsWith($"{redis.Target} {reason}", await UnseenAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Unneeded_password_does_no_harm()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint, new Credentials("", "secret"));
        Begin();
        Assert.Equal(0, (await HealthyEndAsync()).ConnectionsReceived);
    }

    [RedisFact]
    public async Task User_without_INFO_leaves_the_server_unseen()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "blind", "on", ">pass", "~*", "+@all", "-info");
        await StartAsync(redis.EndPoint, new Credentials("blind", "pass"));
        Begin();
        Assert.StartsWith($"{redis.Target} refused INFO (NOPERM ", await UnseenAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task User_without_permissions_leaves_the_server_unseen()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "mute", "on", ">pass");
        await StartAsync(redis.EndPoint, new Credentials("mute", "pass"));
        Begin();
        Assert.StartsWith($"{redis.Target} does not let this user in; +ping and +info are what an observer needs (NOPERM ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task User_without_CONFIG_sees_everything_but_the_configuration()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "shy", "on", ">pass", "~*", "+@all", "-config");
        await StartAsync(redis.EndPoint, new Credentials("shy", "pass"));
        Begin();
        await ComeAndGoAsync(redis.EndPoint, 3);
        var observed = await EndAsync();
        Assert.Equal((3, null, 10_000), (observed.Ledger!.ConnectionsReceived, observed.Ledger.TcpBacklog, observed.Ledger.MaxClients));
        var unseen = Assert.Single(observed.Unseen);
        Assert.StartsWith($"{redis.Target} refused CONFIG GET (NOPERM ", unseen, StringComparison.Ordinal);
        Assert.Contains("`ACL SETUSER shy +config|get`", unseen, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Permission_revoked_during_the_storm_is_a_loss_until_its_end()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "one", "on", ">pass", "~*", "+@all");
        await StartAsync(redis.EndPoint, new Credentials("one", "pass"));
        Begin();
        await redis.CommandAsync("ACL", "SETUSER", "one", "-info");
        await redis.HasClientsAsync(0);
        var loss = Assert.Single((await EndAsync()).Ledger!.Losses);
        Assert.Null(loss.Seconds);
        Assert.StartsWith("refused INFO (NOPERM ", loss.Reason, StringComparison.Ordinal);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [Fact]
    public async Task Target_that_is_not_Redis_is_quoted_and_asked_only_once()
    {
        await using var peer = FaultPeer.Garbage();
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith(
            $"{peer.Target} does not speak the Redis protocol: it said \"HTTP/1.1 400 Bad Request\"; its own counts are not", await UnseenAsync(),
            StringComparison.Ordinal);
        Assert.Equal(1, peer.Accepted);
    }

    [Fact]
    public async Task Malformed_INFO_is_reported_by_its_first_words()
    {
        await using var peer = InfoPeer("hello\r\nworld");
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith($"{peer.Target} answers INFO with something else: \"hello\\r\\nworld\"", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_answer_is_cut_off()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await connection.ReadCommandAsync(stop);
            await connection.SendAsync("$999999999\r\n", stop);
            try
            {
                for (var block = new byte[64 * 1024]; ;)
                {
                    await connection.SendAsync(block, stop);
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The observer had enough.
            }
        });
        await StartAsync(peer.EndPoint);
        Assert.Contains("sent more than 4 MB for one answer", await UnseenAsync(ConcludeNow.Instance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_in_protected_mode_is_asked_once()
    {
        await using var peer = FaultPeer.ErrorOnAccept("DENIED Redis is running in protected mode because");
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith($"{peer.Target} is in protected mode (DENIED Redis is running in protected mode because); ", await UnseenAsync(), StringComparison.Ordinal);
        Assert.Equal(1, peer.Accepted);
    }

    [Fact]
    public async Task INFO_is_asked_without_sections_when_the_server_refuses_several()
    {
        await using var peer = InfoPeer(InfoTexts.Redis.ReplaceLineEndings("\r\n"), words => words == 1 ? null : "ERR syntax error");
        await StartAsync(peer.EndPoint, others: 0);
        Begin();
        var ledger = (await EndAsync()).Ledger!;
        Assert.Equal((0, 0, 10_000), (ledger.ConnectionsReceived, ledger.ConnectionsRejected, ledger.MaxClients));
    }

    [Fact]
    public async Task Server_that_first_turned_its_observer_away_is_not_reported_as_silent()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (connection.Number == 1)
            {
                await connection.SendAsync("-ERR max number of clients reached\r\n", stop);
                await connection.FinishAsync(stop);
                return;
            }

            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                await connection.SendAsync(Reply(command, InfoTexts.Redis.ReplaceLineEndings("\r\n")), stop);
            }
        });
        await StartAsync(peer.EndPoint);
        Begin();
        await peer.AcceptedAsync(2);
        var loss = Assert.Single((await EndAsync()).Ledger!.Losses);
        Assert.Equal((true, "turned the observer away (ERR max number of clients reached)"), (loss.IsRefusal, loss.Reason));
    }

    [Fact]
    public async Task Closed_port_is_reported_as_refused()
    {
        await using var peer = FaultPeer.ClosedPort();
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith($"{peer.Target} refused the connection: nothing listens there; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hanging_peer_is_given_up_after_the_limit()
    {
        await using var peer = FaultPeer.Hanging();
        await StartAsync(peer.EndPoint, limit: TimeSpan.FromSeconds(3)); // for the connect, too
        Begin();
        Assert.StartsWith($"{peer.Target} took a connection and did not answer within 3 s; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Peer_that_accepts_no_connection_is_given_up_after_the_limit()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        await StartAsync(peer.EndPoint, limit: Briefly);
        Begin();
        Assert.StartsWith($"{peer.Target} did not take a connection within 0.1 s; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peer_that_hangs_during_the_storm_is_a_loss_and_does_not_delay_the_end()
    {
        var answers = 0;
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                if (Volatile.Read(ref answers) >= 0)
                {
                    await connection.SendAsync(Reply(command, InfoTexts.Redis), stop);
                }
            }
        });
        await StartAsync(peer.EndPoint, limit: TimeSpan.FromSeconds(5));
        Begin();
        Volatile.Write(ref answers, -1);
        var ledger = (await EndAsync()).Ledger!;
        Assert.Equal("did not answer INFO within 5 s", Assert.Single(ledger.Losses).Reason);
        Assert.Null(ledger.Losses[0].Seconds);
    }

    [Fact]
    public async Task Server_that_hangs_after_its_first_answer_does_not_delay_the_storm()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            var hangs = false;
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                if (!hangs)
                {
                    await connection.SendAsync(Reply(command, InfoTexts.Redis), stop);
                }

                hangs |= command[0] == "CONFIG";
            }
        });
        await StartAsync(peer.EndPoint, limit: TimeSpan.FromSeconds(3));
        Begin();
        Assert.Equal("did not answer INFO within 3 s", Assert.Single((await EndAsync()).Ledger!.Losses).Reason);
    }

    [Theory]
    [InlineData("closed the connection")]
    [InlineData("reset the connection")]
    public async Task Immediate_end_by_the_peer_is_reported_as_closed_or_reset(string how)
    {
        await using var peer = how[0] == 'c' ? FaultPeer.Closing(1) : FaultPeer.Resetting(1);
        await StartAsync(peer.EndPoint);
        Assert.StartsWith($"{peer.Target} {how}; ", await UnseenAsync(ConcludeNow.Instance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Observer_that_was_never_ready_still_answers_at_the_end()
    {
        await using var peer = FaultPeer.Hanging();
        var settings = new ServerObserverSettings(Often, Patience);
        var observer = Parent.ChildActorOf(ServerObserver.Props(0, peer.EndPoint, Credentials.None, settings, TimeProvider.System));
        await peer.AcceptedAsync(1);
        observer.Tell(ConcludeNow.Instance);
        var observed = await Parent.ExpectMsgAsync<ServerObserved>(Patience);
        Assert.Null(observed.Ledger);
        Assert.Contains("had not answered yet when the run ended", Assert.Single(observed.Unseen), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Server_that_starts_during_the_storm_is_seen_from_then_on()
    {
        await using var first = await RedisServer.StartAsync();
        await first.KillAsync();
        await StartAsync(first.EndPoint);
        Begin();
        await using var late = await RedisServer.StartAsync("--port", first.Target.Split(':')[1]);
        await late.HasClientsAsync(1);
        await AskedAgainAsync(late);
        await ComeAndGoAsync(first.EndPoint, 3);

        var observed = await EndAsync();
        Assert.Equal(3, observed.Ledger!.ConnectionsReceived);
        Assert.Equal("refused the connection: nothing listens there", Assert.Single(observed.Ledger.Losses).Reason);
        Assert.Contains("answered INFO for the first time", Assert.Single(observed.Unseen), StringComparison.Ordinal);
    }

    private async Task<string> UnseenAsync(object? how = null)
    {
        var observed = await ConcludeAsync(how ?? StormEnded.Instance);
        Assert.Null(observed.Ledger);
        return Assert.Single(observed.Unseen);
    }

    /// <summary>A peer that is healthy but for its INFO.</summary>
    private static FaultPeer InfoPeer(string text, Func<int, string?>? refuses = null) => FaultPeer.Scripted(async (connection, stop) =>
    {
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            var refusal = command[0] == "INFO" ? refuses?.Invoke(command.Count) : null;
            await connection.SendAsync(refusal is null ? Reply(command, text) : $"-{refusal}\r\n", stop);
        }
    });

    private static string Reply(IReadOnlyList<string> command, string info) => command[0] switch
    {
        "INFO" => $"${info.Length}\r\n{info}\r\n",
        "CONFIG" => "*0\r\n",
        _ => PeerConnection.ReplyTo(command),
    };
}
