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
    public async Task A_password_is_given()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        await StartAsync(redis.EndPoint, new Credentials("", "secret"));
        Begin();
        Assert.Equal(0, (await HealthyEndAsync()).ConnectionsReceived);
    }

    [RedisTheory]
    [InlineData("", "wants a password (NOAUTH Authentication required.)")]
    [InlineData("wrong", "does not take the user and password (WRONGPASS ")]
    public async Task Without_the_password_nothing_is_seen_and_it_is_not_tried_again(string password, string reason)
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        await StartAsync(redis.EndPoint, new Credentials("", password));
        Begin();
        Assert.StartsWith($"{redis.Target} {reason}", await UnseenAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task A_password_that_the_server_does_not_want_does_no_harm()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartAsync(redis.EndPoint, new Credentials("", "secret"));
        Begin();
        Assert.Equal(0, (await HealthyEndAsync()).ConnectionsReceived);
    }

    [RedisFact]
    public async Task A_user_who_may_not_ask_for_info_sees_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "blind", "on", ">pass", "~*", "+@all", "-info");
        await StartAsync(redis.EndPoint, new Credentials("blind", "pass"));
        Begin();
        Assert.StartsWith($"{redis.Target} refused INFO (NOPERM ", await UnseenAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task A_user_who_may_do_nothing_sees_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("ACL", "SETUSER", "mute", "on", ">pass");
        await StartAsync(redis.EndPoint, new Credentials("mute", "pass"));
        Begin();
        Assert.StartsWith($"{redis.Target} does not let this user in; +ping and +info are what an observer needs (NOPERM ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_user_who_may_not_ask_for_the_configuration_sees_all_but_that()
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
    public async Task A_permission_that_is_taken_away_in_the_storm_is_a_loss_for_the_rest_of_it()
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
    public async Task A_target_that_is_not_redis_is_told_by_what_it_said_and_left_alone()
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
    public async Task An_info_that_is_none_is_told_by_its_beginning()
    {
        await using var peer = InfoPeer("hello\r\nworld");
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith($"{peer.Target} answers INFO with something else: \"hello\\r\\nworld\"", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
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
    public async Task A_server_that_takes_one_section_or_none_is_asked_for_none()
    {
        await using var peer = InfoPeer(InfoTexts.Redis.ReplaceLineEndings("\r\n"), words => words == 1 ? null : "ERR syntax error");
        await StartAsync(peer.EndPoint, others: 0);
        Begin();
        var ledger = (await EndAsync()).Ledger!;
        Assert.Equal((0, 0, 10_000), (ledger.ConnectionsReceived, ledger.ConnectionsRejected, ledger.MaxClients));
    }

    [Fact]
    public async Task A_server_that_turned_its_observer_away_at_first_was_not_silent()
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
    public async Task A_closed_port_is_a_refusal()
    {
        await using var peer = FaultPeer.ClosedPort();
        await StartAsync(peer.EndPoint);
        Begin();
        Assert.StartsWith($"{peer.Target} refused the connection: nobody listens there; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_hangs_costs_no_more_than_its_limit()
    {
        await using var peer = FaultPeer.Hanging();
        await StartAsync(peer.EndPoint, limit: TimeSpan.FromSeconds(3)); // for the connect, too
        Begin();
        Assert.StartsWith($"{peer.Target} took a connection and did not answer within 3 s; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_peer_that_does_not_even_take_a_connection_costs_no_more_than_its_limit()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        await StartAsync(peer.EndPoint, limit: Briefly);
        Begin();
        Assert.StartsWith($"{peer.Target} did not take a connection within 0.1 s; ", await UnseenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_hangs_in_the_storm_is_a_loss_and_does_not_hold_up_its_end()
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
    public async Task Server_that_answers_once_and_hangs_then_does_not_hold_up_the_storm()
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
    public async Task A_peer_that_ends_the_connection_at_once_is_told_by_how(string how)
    {
        await using var peer = how[0] == 'c' ? FaultPeer.Closing(1) : FaultPeer.Resetting(1);
        await StartAsync(peer.EndPoint);
        Assert.StartsWith($"{peer.Target} {how}; ", await UnseenAsync(ConcludeNow.Instance), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observer_that_was_not_even_ready_answers_too()
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
    public async Task A_server_that_comes_up_in_the_storm_is_seen_from_then_on()
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
        Assert.Equal("refused the connection: nobody listens there", Assert.Single(observed.Ledger.Losses).Reason);
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
