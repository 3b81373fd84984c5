using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>Storms over a Unix socket: the books agree, and what does not apply is said.</summary>
public sealed class UnixSocketSpecs
{
    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Storm_over_a_Unix_socket_is_counted_by_the_server_too(string transport)
    {
        await using var redis = await RedisServer.StartAsync();
        var storm = await Storm.RunObservedAsync(
            redis.UnixTarget, Storm.Load(150, 2) + $"\n transport.kind = {transport}\n observers.bystander {{ connections = 1, before = 100ms, after = 1s, window = 100ms }}");

        Assert.Equal((300, 300), (storm.Connections("succeeded"), storm.Recorded("connect")));
        var accepted = storm.Reconciled("accepted");
        Assert.Equal((300, 300, 0), (accepted.GetProperty("client").GetInt64(), accepted.GetProperty("server").GetInt64(), accepted.GetProperty("unexplained").GetInt64()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, accepted.GetProperty("kernel").ValueKind);
        Assert.Equal("not-applicable", storm.Result.GetProperty("ledgers").GetProperty("timeWait").GetProperty("state").GetString());
        Assert.Contains("The kernel's counters are those of TCP", storm.Unseen, StringComparison.Ordinal);
        Assert.DoesNotContain("accept-queue-overflow", storm.Rules);
        Assert.Equal(redis.UnixTarget, storm.Result.GetProperty("target").GetProperty("addresses")[0].GetString());
    }

    [RedisTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Full_accept_queue_of_a_Unix_socket_refuses_and_is_a_finding(string transport)
    {
        await using var redis = await RedisServer.StartAsync("--tcp-backlog", "16");
        redis.Signal(Peers.Processes.ChildSignal.Stop); // accepts none
        var storm = await Storm.RunAsync(redis.UnixTarget, $"{Storm.Load(50)}\n transport.kind = {transport}\n connection.reply-timeout = 300ms\n{Storm.OneAttempt}");
        redis.Signal(Peers.Processes.ChildSignal.Continue);

        Assert.Equal((33, 17), (storm.Outcome("refused"), storm.Outcome("reply-timeout"))); // a queue of 16 holds 17
        Assert.Contains("33 attempts were refused at once (EAGAIN), while 17 were established", $"{storm.Finding("accept-queue-overflow").GetProperty("sentence")}", StringComparison.Ordinal);
    }
}
