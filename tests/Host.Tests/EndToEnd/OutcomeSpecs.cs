using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Each outcome of the closed set, provoked for real and found with its count.</summary>
public abstract class OutcomeSpecs(string transport)
{
    private const string ShortReply = "\n connection.reply-timeout = 500ms";

    [Fact]
    public async Task Closed_port_gives_refused()
    {
        await using var peer = FaultPeer.ClosedPort();
        await ExpectAll(peer.Target, "refused", 40);
    }

    [Fact]
    public async Task Aborting_listener_gives_reset()
    {
        await using var peer = FaultPeer.Resetting(afterCommands: 1);
        await ExpectAll(peer.Target, "reset", 40);
        Assert.Equal(40, peer.Accepted);
    }

    [Fact]
    public async Task Listener_with_a_full_queue_gives_connect_timeouts()
    {
        await using var peer = await FaultPeer.NotAcceptingAsync();
        await ExpectAll(peer.Target, "connect-timeout", 20);
    }

    [Fact]
    public async Task Hanging_server_gives_reply_timeout()
    {
        await using var peer = FaultPeer.Hanging();
        await ExpectAll(peer.Target, "reply-timeout", 20);
    }

    [Fact]
    public async Task Half_a_reply_gives_reply_timeout()
    {
        await using var peer = FaultPeer.HalfReply();
        await ExpectAll(peer.Target, "reply-timeout", 20);
    }

    [Fact]
    public async Task Half_a_reply_and_a_FIN_give_peer_closed()
    {
        await using var peer = FaultPeer.HalfReply(thenClose: true);
        await ExpectAll(peer.Target, "peer-closed", 20);
    }

    [Fact]
    public async Task FIN_after_the_first_command_gives_peer_closed()
    {
        await using var peer = FaultPeer.Closing(afterCommands: 1);
        await ExpectAll(peer.Target, "peer-closed", 20);
    }

    [Fact]
    public async Task Peer_closed_is_noticed_during_a_hold()
    {
        var held = 0;
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            if (await connection.AnswerAsync(3, stop))
            {
                Interlocked.Increment(ref held);
            }

            await connection.FinishAsync(stop);
        });
        var storm = await RunAsync(peer.Target, Storm.Load(20) + "\n connection.hold = 30s\n " + Storm.OneAttempt);
        Assert.Equal((20L, 20), (storm.Outcome("peer-closed"), held));
    }

    [Fact]
    public async Task Garbage_gives_protocol_error()
    {
        await using var peer = FaultPeer.Garbage();
        var storm = await ExpectAll(peer.Target, "protocol-error", 20);
        Assert.EndsWith($": {peer.Target} speaks HTTP (\"HTTP/1.1 400 Bad Request\")", Sentence(storm), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Echoing_server_gives_protocol_error()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                await connection.SendAsync($"*{command.Count}\r\n{string.Concat(command.Select(word => $"${word.Length}\r\n{word}\r\n"))}", stop);
            }
        });
        Assert.EndsWith($"{peer.Target} echoes: it sends back the commands that it is sent", Sentence(await ExpectAll(peer.Target, "protocol-error", 20)), StringComparison.Ordinal);
    }

    private static string? Sentence(Storm storm) => storm.Cause("wrong-protocol").GetProperty("sentence").GetString();

    [Fact]
    public async Task A_huge_reply_is_read_to_its_end()
    {
        await using var peer = FaultPeer.HugeReply(4_000_000);
        var storm = await RunAsync(peer.Target, Storm.Load(5) + "\n connection.script = [\"GET foo\"]\n " + Storm.OneAttempt);
        Assert.Equal(5, storm.Connections("succeeded"));
    }

    [Fact]
    public async Task Reply_in_single_bytes_succeeds()
    {
        await using var peer = FaultPeer.Dribble();
        var storm = await RunAsync(peer.Target, Storm.Load(10) + "\n " + Storm.OneAttempt);
        Assert.Equal(10, storm.Connections("succeeded"));
    }

    [RedisFact]
    public async Task Maxclients_gives_rejected()
    {
        await using var server = await RedisServer.StartAsync("--maxclients", "5"); // one of them observes

        var storm = await RunAsync(server.Target, Storm.Load(20) + "\n connection.hold = 2s\n " + Storm.OneAttempt);

        // The server may close before it has read our command: then its RST can overtake its words.
        Assert.Equal(4, storm.Connections("succeeded"));
        Assert.Equal(16, storm.Outcome("rejected") + storm.Outcome("reset"));
        Assert.True(storm.Rejections("ERR max number of clients") > 0, storm.Process.ToString());
        Assert.Equal(storm.Outcome("rejected"), storm.Rejections(""));
    }

    [RedisFact]
    public async Task Missing_password_gives_rejected()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "x");
        var storm = await ExpectAll(server.Target, "rejected", 30);
        Assert.Equal(30, storm.Rejections("NOAUTH"));
    }

    [PrlimitFact]
    public async Task Descriptor_limit_gives_local_exhausted()
    {
        await using var peer = FaultPeer.Hanging();

        var storm = await RunAsync(peer.Target, Storm.Load(400) + ShortReply + "\n metrics.interval = 100ms\n " + Storm.OneAttempt,
            new ActorLoadOptions { Wrapper = ["prlimit", "--nofile=300:300"] });

        Assert.True(storm.Outcome("local-exhausted") > 0, storm.Process.ToString());
        Assert.Equal(400, storm.Outcome("local-exhausted") + storm.Outcome("reply-timeout"));
        Assert.Equal("generator-limited", storm.Verdict);
        Assert.Contains("descriptors", storm.Reasons, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Narrow_port_range_gives_local_exhausted()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await network.SysctlAsync("net.ipv4.ip_local_port_range", "40000 40049");
        await using var server = await RedisServer.StartAsync(network);

        var storm = await RunAsync(server.Target, Storm.Load(120) + "\n connection.hold = 2s\n " + Storm.OneAttempt,
            new ActorLoadOptions { Wrapper = network.Prefix });

        Assert.True(storm.Outcome("local-exhausted") >= 70, storm.Process.ToString());
        Assert.Equal(120, storm.Outcome("local-exhausted") + storm.Connections("succeeded"));
        Assert.Equal("generator-limited", storm.Verdict);
    }

    [NetnsFact]
    public async Task Missing_route_gives_unreachable()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        (await network.ExecAsync("ip", "route", "add", "unreachable", "198.51.100.0/24")).Expect();

        var storm = await RunAsync("198.51.100.1:6379",
            Storm.Load(25) + "\n safety.allowed-targets = [\"198.51.100.0/24\"]\n " + Storm.OneAttempt,
            new ActorLoadOptions { Wrapper = network.Prefix });

        Assert.Equal(25, storm.Outcome("unreachable"));
    }

    [Fact]
    public async Task A_target_that_is_down_ends_the_run_by_itself_with_exit_code_4()
    {
        await using var peer = FaultPeer.ClosedPort();

        var storm = await RunAsync(peer.Target, Storm.Load(50, count: 1_000, gap: "1s"));

        Assert.Equal((4, "aborted"), (storm.ExitCode, storm.Verdict));
        Assert.True(storm.Connections("planned") <= 100, storm.Process.ToString());
    }

    [Fact]
    public async Task Down_target_is_given_up_after_five_connections_without_retries()
    {
        await using var peer = FaultPeer.ClosedPort();

        var storm = await RunAsync(peer.Target, Storm.Load(5, count: 1_000, gap: "10s") + "\n supervision.refused.directive = stop");

        Assert.Equal((4, "aborted", 5), (storm.ExitCode, storm.Verdict, storm.Outcome("refused")));
        Assert.Contains("never reached", storm.Reasons, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retries_are_attempts_and_not_connections()
    {
        await using var peer = FaultPeer.ClosedPort();

        var storm = await RunAsync(peer.Target, Storm.Load(10) + """

             supervision.refused { directive = restart, max-retries = 2, within = 30s, backoff { min = 1ms, max = 5ms } }
             supervision.breaker.enabled = off
            """);

        Assert.Equal((10, 30, 20), (storm.Outcome("refused"), storm.Attempts, storm.Retries));
        Assert.Equal(30, storm.Result.GetProperty("attemptFailures").GetProperty("refused").GetInt64());
    }

    [Fact]
    public async Task An_escalated_failure_ends_the_run()
    {
        await using var peer = FaultPeer.Garbage();

        var storm = await RunAsync(peer.Target, Storm.Load(20, count: 500, gap: "1s") + "\n supervision.protocol-error.directive = escalate");

        Assert.Equal((4, "aborted"), (storm.ExitCode, storm.Verdict));
        Assert.Contains("protocol-error", storm.Reasons, StringComparison.Ordinal);
    }

    private async Task<Storm> ExpectAll(string target, string outcome, int connections)
    {
        // Only who waits for a time-out wants a short one: a busy machine must not make one of another outcome.
        var limits = outcome switch
        {
            "connect-timeout" => "\n connection.connect-timeout = 500ms",
            "reply-timeout" => ShortReply,
            _ => "",
        };
        var storm = await RunAsync(target, Storm.Load(connections) + limits + "\n " + Storm.OneAttempt);
        Assert.True(storm.Outcome(outcome) == connections, storm.Process.ToString());
        Assert.Equal((connections, 0), (storm.Connections("failed"), storm.Retries));
        return storm;
    }

    private Task<Storm> RunAsync(string target, string lines, ActorLoadOptions? options = null) => options is null
        ? Storm.HereOverAsync(transport, target, lines)
        : Storm.RunOverAsync(transport, target, lines, options);
}

public sealed class OutcomeOverAutoSpecs() : OutcomeSpecs("auto");

public sealed class OutcomeOverSocketsSpecs() : OutcomeSpecs("sockets");
