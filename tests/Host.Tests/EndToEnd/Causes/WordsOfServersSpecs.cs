using ActorLoad.Doctor;
using ActorLoad.Hosting.Tests.Doctor;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Findings that have the server's own words, and neighbours that are not the run's.</summary>
public sealed class WordsOfServersSpecs
{
    [Fact]
    public async Task Cluster_redirect_is_reported_with_the_address_that_it_names()
    {
        await using var peer = FaultPeer.ErrorReply("MOVED 12182 127.0.0.1:7002");

        var storm = await Storm.HereAsync(peer.Target, $"{Storm.Load(20)}\n {Storm.OneAttempt}");

        var cause = storm.Cause("error-replies");
        Assert.Contains("\"MOVED 12182 127.0.0.1:7002\"", cause.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("--set target.cluster=on", cause.GetProperty("remedies")[0].GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Equal(20, cause.GetProperty("explains").GetInt64());
    }

    [Fact]
    public async Task Peer_that_hangs_up_on_every_connection_has_a_finding()
    {
        await using var peer = FaultPeer.Closing(afterCommands: 1);

        var storm = await Storm.HereAsync(peer.Target, $"{Storm.Load(20)}\n {Storm.OneAttempt}");

        Assert.Contains("it may want TLS", storm.Cause("unexplained-failures").GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis_version:6.3.4\r\nexecutable:/usr/bin/keydb-server", "keydb 6.3.4")]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.0", "valkey 8.1.0")]
    [InlineData("redis_version:7.4.0\r\ndragonfly_version:df-v1.30.0", "dragonfly df-v1.30.0")]
    [InlineData("redis_version:7.4.3\r\ngarnet_version:1.0.66", "garnet 1.0.66")]
    public async Task A_server_is_called_by_its_own_name(string info, string name)
    {
        var text = $"# Server\r\n{info}\r\ntotal_connections_received:1\r\nconnected_clients:1\r\n";
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is { } command)
            {
                var reply = command[0].ToUpperInvariant() switch
                {
                    "INFO" => $"${text.Length}\r\n{text}\r\n",
                    "CONFIG" => "*0\r\n",
                    _ => PeerConnection.ReplyTo(command),
                };
                await connection.SendAsync(reply, stop);
            }
        });

        var report = await Examination.OfAsync(peer.Target, Storm.Load(5));

        Assert.Equal((CheckState.Ok, name), (report.Named("target").State, report.Named("target").Present));
    }

    [RedisFact]
    public async Task Renamed_CONFIG_is_not_blamed_on_missing_rights()
    {
        await using var server = await RedisServer.StartAsync("--rename-command", "CONFIG", "");

        var storm = await Storm.HereObservedAsync(server.Target, Storm.Load(5));

        Assert.Contains("the command was renamed or taken away", storm.Unseen, StringComparison.Ordinal);
        Assert.DoesNotContain("ACL SETUSER", storm.Unseen, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Neighbours_socket_in_TIME_WAIT_is_not_counted_as_the_runs()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        var running = Undisturbed.RunAsync(network, server.Target, Storm.Load(20, count: 60, gap: "20ms"));
        await server.HasReceivedAsync(100); // until it is at work

        (await network.ExecAsync("bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{server.Port}; echo PING >&3; read -u 3 answer; echo $answer")).Expect();
        var storm = await running;

        var proof = storm.Result.GetProperty("ledgers").GetProperty("timeWait");
        Assert.Equal("pass", proof.GetProperty("state").GetString());
        Assert.Contains("the 1 socket there is another program's (from a port that this run never used)", proof.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(storm.Rules);
    }
}
