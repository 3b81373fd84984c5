using System.Collections.Concurrent;
using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Resp;
using Akka.Actor;
using Xunit;
using static ActorLoad.Connections.ConnectionProtocol;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Setup, repeats, pipelines, pauses and PINGs of one connection.</summary>
public abstract class ConnectionSessionSpecs(string transport) : ConnectionKit(transport)
{
    private static SetupSettings Setup { get; } = new(3, "web-{client}", 2, [new("CLIENT NO-EVICT on")], [new("CLIENT TRACKING on")]);

    [SkippableFact]
    public async Task Setup_is_sent_before_any_reply_to_it()
    {
        var commands = new ConcurrentQueue<string>();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            for (var count = 0; count < 3; count++)
            {
                commands.Enqueue(string.Join(' ', (await connection.ReadCommandAsync(stop))!));
            }

            await connection.SendAsync("%1\r\n+proto\r\n:3\r\n+OK\r\n+OK\r\n", stop);
            await connection.AnswerAsync(1, stop);
        });
        Credentials = new Credentials("me", "hunter2");
        await OpenAsync(peer, Given.Connection("PING") with { Setup = Setup });
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(["HELLO 3 AUTH me hunter2 SETNAME web-42", "SELECT 2", "CLIENT NO-EVICT on"], commands);
        Assert.True(Entry.Timings.FirstReply > Entry.Timings.SetupDone);
    }

    [RedisFact]
    public async Task Real_server_takes_the_setup_and_tells_which_part_it_refuses()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "hunter2");
        Credentials = new Credentials("", "hunter2");
        var settings = Given.Connection("CLIENT GETNAME") with { Setup = Setup };
        await OpenAsync(server.EndPoint, settings, restarts: 0);
        await EndsAsync(Outcome.Succeeded);
        Assert.True(Entry.Timings.SetupDone > 0);
    }

    [RedisTheory]
    [InlineData("wrong", 0, "WRONGPASS")]
    [InlineData("hunter2", 99, "ERR DB index is out of range")]
    [InlineData("", 0, "NOAUTH")]
    public async Task Refused_setup_is_rejected_with_its_prefix(string password, int select, string prefix)
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "hunter2");
        Credentials = new Credentials("", password);
        await OpenAsync(server.EndPoint, Given.Connection("PING") with { Setup = SetupSettings.None with { Resp = 3, Select = select } }, restarts: 0);
        Assert.Equal(prefix, Assert.IsType<RejectedException>(await FailsAsync(Outcome.Rejected)).Prefix);
        Assert.Equal(0, Entry.Timings.SetupDone);
    }

    [SkippableFact]
    public async Task Repeats_and_pipelines_send_each_command_as_often_as_the_run_file_says()
    {
        var commands = new ConcurrentQueue<string>();
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await ReadAsync(3))
            {
                await connection.SendAsync("+OK\r\n+OK\r\n+OK\r\n", stop); // only when all have come
            }

            async Task<bool> ReadAsync(int count)
            {
                for (var index = 0; index < count; index++)
                {
                    if (await connection.ReadCommandAsync(stop) is not { } command)
                    {
                        return false;
                    }

                    commands.Enqueue(string.Join(' ', command));
                }

                return true;
            }
        });
        await OpenAsync(peer, Scripted(new ScriptSettings { Repeat = 6, Pipeline = 3 }, new ScriptLine("SET a {client}"), new ScriptLine("GET a")));
        await EndsAsync(Outcome.Succeeded);
        Assert.Equal(Enumerable.Repeat(new[] { "SET a 42", "GET a" }, 6).SelectMany(each => each), commands);
    }

    [SkippableFact]
    public async Task Reply_that_the_script_does_not_expect_fails_the_connection()
    {
        await using var peer = FaultPeer.Answering();
        await OpenAsync(peer, Scripted(new ScriptSettings(), new("PING") { Exact = "PONG" }, new("GET foo") { Prefix = "ba" }, new("GET foo") { Exact = "barn" }));
        var reply = Assert.IsType<ProtocolErrorException>(await FailsAsync(Outcome.ProtocolError)).Reply;
        Assert.True(reply.IsUnexpected);
        Assert.Equal("bar", reply.Words);
    }

    [SkippableFact]
    public async Task Thinking_connection_sends_nothing_until_its_pause_is_over()
    {
        await using var peer = FaultPeer.Answering();
        var think = new ThinkTime(Given.Briefly, ThinkDistribution.Fixed);
        await OpenAsync(peer, Scripted(new ScriptSettings { Think = think, Repeat = 2 }, new("PING"), new("GET foo")));
        await EndsAsync(Outcome.Succeeded);
        var pause = Loop.ToTicks(Given.Briefly);
        Assert.True(Entry.Timings.LastReply - Entry.Timings.FirstReply >= 3 * pause); // between four commands
    }

    [SkippableTheory]
    [InlineData("closes", Outcome.PeerClosed)]
    [InlineData("resets", Outcome.Reset)]
    [InlineData("-ERR idle too long\r\n", Outcome.Rejected)]
    [InlineData("+what?\r\n", Outcome.ProtocolError)]
    public async Task Server_that_ends_a_connection_which_thinks_is_noticed_at_once(string how, Outcome outcome)
    {
        var thinks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(1, stop);
            await thinks.Task.WaitAsync(stop);
            switch (how)
            {
                case "closes": await connection.FinishAsync(stop); break;
                case "resets": connection.Abort(); break;
                default: await connection.SendAsync(how, stop); await connection.DrainAsync(stop); break;
            }
        });
        var think = new ThinkTime(TimeSpan.FromHours(1), ThinkDistribution.Fixed);
        await OpenAsync(peer, Scripted(new ScriptSettings { Think = think }, new("PING"), new("PING")));
        await Eventually.HoldsAsync(() => Task.FromResult(Entry.Timings.FirstReply > 0));
        thinks.SetResult();
        await FailsAsync(outcome);
        await NoSocketIsLeftAsync(peer);
    }

    [RedisFact]
    public async Task Messages_that_come_while_a_connection_thinks_are_no_replies()
    {
        await using var server = await RedisServer.StartAsync();
        var think = new ThinkTime(3 * Given.Briefly, ThinkDistribution.Fixed);
        var settings = Scripted(new ScriptSettings { Think = think }, new("SUBSCRIBE a"), new("PING")) with { Setup = SetupSettings.None with { Resp = 3 } };
        await OpenAsync(server.EndPoint, settings, restarts: 0);
        await Eventually.HoldsAsync(async () => await server.CommandAsync("PUBLISH", "a", "hello") == "1");
        await EndsAsync(Outcome.Succeeded);
    }

    [SkippableFact]
    public async Task Thinking_connection_retires_between_two_repeats()
    {
        await using var peer = FaultPeer.Answering();
        var think = new ThinkTime(TimeSpan.FromHours(1), ThinkDistribution.Fixed);
        var settings = Scripted(new ScriptSettings { Think = think, Repeat = 1000 }, new ScriptLine("PING"));
        var connection = await OpenAsync(peer, settings);
        await Eventually.HoldsAsync(() => Task.FromResult(Entry.Timings.FirstReply > 0));
        connection.Tell(Retire.Instance);
        await EndsAsync(Outcome.Succeeded);
    }

    [RedisFact]
    public async Task Idle_client_sends_PING_until_its_hold_is_over()
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection() with { Hold = 6 * Given.Briefly, PingEvery = Given.Briefly }, restarts: 0);
        await EndsAsync(Outcome.Succeeded);
        Assert.InRange(await PingsAsync(server), 1, 6);
    }

    [RedisTheory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Idle_subscriber_sends_PING_and_gets_messages(int resp)
    {
        await using var server = await RedisServer.StartAsync();
        var settings = Given.Connection("SUBSCRIBE a") with { Hold = Given.Patience, PingEvery = Given.Briefly, Setup = SetupSettings.None with { Resp = resp } };
        var connection = await OpenAsync(server.EndPoint, settings, restarts: 0);
        await Eventually.HoldsAsync(async () => await PingsAsync(server) > 3 && await server.CommandAsync("PUBLISH", "a", "hello") == "1");
        connection.Tell(Retire.Instance);
        await EndsAsync(Outcome.Succeeded);
    }

    [SkippableFact]
    public async Task Missing_PONG_is_a_reply_timeout()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(2, stop);
            await connection.DrainAsync(stop);
        });
        await OpenAsync(peer, Given.Connection("GET foo") with { Hold = Given.Patience, PingEvery = Given.Briefly, ReplyTimeout = Given.Briefly });
        await FailsAsync(Outcome.ReplyTimeout);
        await NoSocketIsLeftAsync(peer);
    }

    [SkippableTheory]
    [InlineData(true, Outcome.PeerClosed)]
    [InlineData(false, Outcome.Reset)]
    public async Task Idle_client_notices_at_once_that_its_server_is_gone(bool finishes, Outcome outcome)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.AnswerAsync(2, stop);
            if (finishes)
            {
                await connection.FinishAsync(stop);
            }
            else
            {
                connection.Abort();
            }
        });
        await OpenAsync(peer, Given.Connection("PING") with { Hold = Given.Patience, PingEvery = Given.Briefly });
        await FailsAsync(outcome);
    }

    [RedisTheory]
    [InlineData("SUBSCRIBE a")]
    [InlineData("MONITOR")]
    [InlineData("PSUBSCRIBE a*")]
    public async Task Command_that_is_answered_again_and_again_ends_with_its_hold(string command)
    {
        await using var server = await RedisServer.StartAsync();
        var connection = await OpenAsync(server.EndPoint, Given.Connection(command) with { Hold = Given.Briefly }, restarts: 0);
        for (var message = 0; message < 20; message++)
        {
            await server.CommandAsync("PUBLISH", "a", "hello");
        }

        await EndsAsync(Outcome.Succeeded);
    }

    [RedisTheory]
    [InlineData("BLPOP q 0")]
    [InlineData("XREAD BLOCK 0 STREAMS s $")]
    [InlineData("WAIT 1 0")]
    public async Task Command_that_is_not_answered_ends_at_the_reply_timeout(string command)
    {
        await using var server = await RedisServer.StartAsync();
        await OpenAsync(server.EndPoint, Given.Connection(command) with { ReplyTimeout = Given.Briefly }, restarts: 0);
        await FailsAsync(Outcome.ReplyTimeout);
    }

    private static ConnectionSettings Scripted(ScriptSettings settings, params ScriptLine[] lines)
    {
        Assert.True(Script.TryParse(lines, settings, out var script, out var problem), problem);
        return Given.Connection() with { Script = script! };
    }

    private static async Task<int> PingsAsync(RedisServer server)
    {
        var calls = (await server.InfoAsync("commandstats")).GetValueOrDefault("cmdstat_ping", "calls=0,");
        return int.Parse(calls["calls=".Length..calls.IndexOf(',', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
    }
}

public sealed class ConnectionSessionOverRingSpecs() : ConnectionSessionSpecs(LoopsOf.Ring);

public sealed class ConnectionSessionOverSocketsSpecs() : ConnectionSessionSpecs(LoopsOf.Sockets);
