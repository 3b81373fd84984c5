using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>What cannot be seen is said, and costs neither the run nor its result.</summary>
[Collection(nameof(EndToEnd))]
public sealed class UnseenSpecs
{
    [RedisFact]
    public async Task Refused_INFO_is_reported_as_unseen()
    {
        await using var server = await RedisServer.StartAsync();
        await server.CommandAsync("ACL", "SETUSER", "default", "-info", "-config");

        var storm = await RunAsync(server.Target, Storm.Load(30));

        Complete(storm, 30);
        Assert.Contains("INFO", storm.Unseen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Target_that_is_not_Redis_is_reported_as_unseen()
    {
        await using var peer = FaultPeer.Garbage();

        var storm = await Storm.HereObservedAsync(peer.Target, Storm.Load(10) + "\n " + Storm.OneAttempt);

        Assert.Equal(10, storm.Outcome("protocol-error"));
        Assert.Contains("does not speak the Redis protocol", storm.Unseen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_target_is_diagnosed_as_server_stalled()
    {
        await using var peer = FaultPeer.Hanging();

        var storm = await Storm.RunObservedAsync(
            peer.Target, Storm.Load(10) + "\n connection.reply-timeout = 500ms\n observers.ready-timeout = 200ms\n " + Storm.OneAttempt);

        Assert.Equal(10, storm.Outcome("reply-timeout"));
        storm.Cause("server-stalled");
        Assert.Contains("did not answer", storm.Unseen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_answers_everything_with_OK_is_reported_as_unseen()
    {
        await using var peer = FaultPeer.Answering();

        var storm = await RunAsync(peer.Target, Storm.Load(30));

        Complete(storm, 30);
        Assert.Contains("answers INFO with something else", storm.Unseen, StringComparison.Ordinal);
    }

    [RedisNetnsFact]
    public async Task Hidden_machine_settings_are_reported_as_unseen()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);

        var storm = await Undisturbed.RunAsync(
            network, server.Target, Storm.Load(30), "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc/sys && exec \"$@\"", "sh");

        Complete(storm, 30);
        var kernel = storm.Result.GetProperty("ledgers").GetProperty("kernel");
        Assert.False(kernel.GetProperty("settings").TryGetProperty("net.core.somaxconn", out _));
        Assert.Contains("/proc/sys does not show net.core.somaxconn", storm.Unseen, StringComparison.Ordinal);
        Assert.Equal(30, storm.Reconciled("attempts / SYNs").GetProperty("kernel").GetInt64());
    }

    [RedisFact]
    public async Task Disabled_observers_give_no_ledgers_and_open_no_connection()
    {
        await using var server = await RedisServer.StartAsync();

        var storm = await RunAsync(server.Target, Storm.Load(30) + "\n observers { server.enabled = off, kernel.enabled = off }");

        Complete(storm, 30);
        var ledgers = storm.Result.GetProperty("ledgers");
        Assert.Equal((0, 0, ""), (ledgers.GetProperty("servers").GetArrayLength(), ledgers.GetProperty("reconciliation").GetArrayLength(), storm.Unseen));
        Assert.Equal(30, await server.ConnectionsReceivedAsync());
    }

    private static async Task<Storm> RunAsync(string target, string lines) =>
        await Storm.RunObservedAsync(target, lines, new ActorLoadOptions { Wrapper = await Undisturbed.PrefixAsync() });

    private static void Complete(Storm storm, int connections)
    {
        Assert.Equal((0, "valid", connections), (storm.ExitCode, storm.Verdict, storm.Connections("succeeded")));
        Assert.Empty(storm.Findings);
    }
}
