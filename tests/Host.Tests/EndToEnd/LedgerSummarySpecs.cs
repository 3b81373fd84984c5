using System.Globalization;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>What a person reads of ledgers, proof, bystander and findings.</summary>
public sealed class LedgerSummarySpecs
{
    [RedisNetnsTheory]
    [InlineData("auto")]
    [InlineData("sockets")]
    public async Task Resets_by_a_full_server_count_as_received_and_the_others_as_sent(string transport)
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network, "--maxclients", "50");

        var storm = await Storm.RunAsync(
            server.Target, $"{Storm.Load(400, count: 2)}\n {Storm.OneAttempt}\n transport.kind = {transport}",
            new ActorLoadOptions { Wrapper = network.Prefix });

        var (sent, received) = (Count("resets sent", "client"), Count("resets received", "client"));
        Assert.Equal(storm.Result.GetProperty("established").GetInt64(), sent + received);
        Assert.True(received > 0, $"{storm.Reconciled("resets received")}");
        Assert.Equal((0, 0), (Count("resets sent", "unexplained"), Count("resets received", "unexplained")));

        // Ours are the aborts on data; the server's, of what it has not read, are those on close.
        var counters = storm.Result.GetProperty("ledgers").GetProperty("kernel").GetProperty("counters");
        Assert.InRange(counters.GetProperty("TCPAbortOnData").GetProperty("delta").GetInt64(), sent, sent + received);

        long Count(string row, string ledger) => storm.Reconciled(row).GetProperty(ledger).GetInt64();
    }

    [RedisNetnsFact]
    public async Task Summary_names_maxclients_when_the_server_had_no_room()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network, "--maxclients", "50");
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.Root, "run.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $$"""
            actorload {
              target.endpoints = ["{{server.Target}}"]
              {{Storm.Load(150)}}
              connection.hold = 3s
              observers.bystander { connections = 2, before = 300ms, after = 1s, window = 300ms }
              {{Storm.OneAttempt}}
            }
            """));

        var run = await ActorLoadProcess.RunAsync(["run", file, "--quiet", "--details"], new ActorLoadOptions { Wrapper = network.Prefix });

        // One asks over the Unix socket, one observes, two stand by: 46 of 50 are left.
        Assert.Matches("Counted by +ActorLoad +server +kernel +unexplained", run.Stdout);
        Assert.Matches("accepted +150 +46 +150 +0 +rejected_connections are not counted as received: 104", run.Stdout);
        Assert.Matches(@"No TIME_WAIT: (PASS|FAIL)\. The kernel aborted|No TIME_WAIT: (PASS|FAIL)\. ActorLoad closed", run.Stdout);
        Assert.Matches("Bystander's PING in ms +count +p50 +p90 +p99 +max", run.Stdout);
        Assert.Contains("2 steady connections, ", run.Stdout, StringComparison.Ordinal);
        Assert.Contains("LOST CONNECTIONS maxclients: 104 attempts were turned away", run.Stdout, StringComparison.Ordinal);
        Assert.Matches("on the server's machine: maxclients is 50, make it [0-9]+: ", run.Stdout.ReplaceLineEndings(" "));
    }
}
