using ActorLoad.Diagnosis;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

/// <summary>Runs against a listener that is not the server's.</summary>
public class ProxySpecs
{
    private static readonly Evidence Proxied = Healthy.Evidence.With((ServerLedger server) => server with { Proxy = "says that it listens on port 7301" })
        .With(load => load with { Endpoints = ["127.0.0.1:6379"] });

    private static readonly Evidence Waiting = Proxied.With((ServerLedger server) => server with { ConnectedClients = new(1, 20, 1), PeakMainThreadShare = 0.02 })
        .With(load => load with { FirstReply = Healthy.Latency(400_000, 1_950_000) });

    [Fact]
    public void The_queue_of_a_proxys_listener_is_the_proxys_whatever_the_server_asks_for()
    {
        var finding = Diagnostician.Of(Proxied.Counting("ListenOverflows", 485).Slow(1, 200).Counting("TCPSynRetrans", 375).Queueing(50))[0];

        Assert.Equal("accept-queue-overflow", finding.Rule);
        Assert.StartsWith("The accept queue of the proxy at 127.0.0.1:6379 overflowed 485 times. It holds 50. The listener is a proxy or a mapped port", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("says that it listens on port 7301", finding.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("somaxconn was raised", finding.Sentence, StringComparison.Ordinal);
        var remedy = Assert.Single(finding.Remedies);
        Assert.Equal((RemedyHost.Proxy, "50", "500"), (remedy.Host, remedy.Present, remedy.Proposed));
        Assert.DoesNotContain("redis.conf", remedy.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Proxy_queue_cut_by_the_kernel_is_raised_in_the_kernel_first()
    {
        var evidence = Proxied.Counting("ListenOverflows", 485).Slow(1, 200).Counting("TCPSynRetrans", 375).Queueing(128).Setting("net.core.somaxconn", "128");

        Assert.Equal(["net.core.somaxconn", "the proxy's backlog"], Diagnostician.Of(evidence)[0].Remedies.Select(remedy => remedy.Key));
    }

    [Fact]
    public void Short_queue_with_an_unknown_owner_may_be_another_programs()
    {
        var evidence = Healthy.Evidence.Counting("ListenOverflows", 485).Slow(1, 200).Counting("TCPSynRetrans", 375).Queueing(50);

        Assert.Contains("or belongs to another program, such as a proxy", Diagnostician.Of(evidence)[0].Sentence, StringComparison.Ordinal);
        Assert.Contains(
            "because its listener was opened before net.core.somaxconn was raised",
            Diagnostician.Of(evidence.With((ServerLedger server) => server with { HoldsListener = true }))[0].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_waiting_in_a_proxy_are_diagnosed_as_proxy_queue()
    {
        var finding = Assert.Single(Diagnostician.Of(Waiting.Failing("peer-closed", 1_360)));

        Assert.Equal(("proxy-queue", 1_360, RemedyHost.Proxy), (finding.Rule, finding.Explains, Assert.Single(finding.Remedies).Host));
        Assert.Contains("Up to 500 were open to the proxy at once, and the server had at most 19 connections from it and used 2 % of one core", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains("The proxy closed 1,360 attempts", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(["proxy-queue"], Diagnostician.Of(Waiting).Select(each => each.Rule));
    }

    [Fact]
    public void Busy_or_stalled_server_behind_a_proxy_is_still_diagnosed()
    {
        Assert.Equal("server-cpu", Diagnostician.Of(Waiting.With((ServerLedger server) => server with { PeakMainThreadShare = 0.97 }))[0].Rule);
        Assert.Equal("server-stalled", Diagnostician.Of(Waiting.With((ServerLedger server) => server with { LongestWait = new(1, 1.8) }))[0].Rule);
    }

    [Fact]
    public void Proxy_that_forwards_everything_has_no_finding() => Assert.Empty(Diagnostician.Of(Proxied));

    [Fact]
    public void Counts_of_a_server_behind_a_proxy_stand_in_no_column()
    {
        var evidence = Proxied.Counting("ActiveOpens", 10_000).Counting("PassiveOpens", 10_001).Counting("TCPAbortOnData", 10_000).Counting("EstabResets", 20_000);
        var rows = Reconciliation.Of(
            evidence.Ledgers.Client, evidence.Ledgers.Servers, evidence.Ledgers.Kernel, evidence.Load.ConnectModes, evidence.Load.LongConnects, ownConnections: 1);

        Assert.All(rows, row => Assert.Null(row.Server));
        Assert.All(rows, row => Assert.True(row.Unexplained == 0, row.ToString()));
        Assert.Contains("the server behind 127.0.0.1:6379 counted 5,000 connections, which are the proxy's", rows[1].Remark, StringComparison.Ordinal);
        Assert.Contains("are a proxy's own connections to its servers", rows[0].Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis", "redis.conf")]
    [InlineData("valkey", "valkey.conf")]
    [InlineData("keydb", "keydb.conf")]
    [InlineData("dragonfly", "--tcp_backlog")]
    public void Each_kind_of_server_gets_a_remedy_in_its_own_configuration(string kind, string told)
    {
        var evidence = Healthy.Evidence.Counting("ListenOverflows", 485).Slow(1, 200).Counting("TCPSynRetrans", 375).Queueing(64)
            .With((ServerLedger server) => server with { Kind = kind, TcpBacklog = 64 });

        Assert.Contains(told, Diagnostician.Of(evidence)[0].Remedies[0].Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Unseen_server_gets_no_redis_conf_remedy()
    {
        var evidence = Healthy.Evidence.Counting("ListenOverflows", 485).Slow(1, 200).Counting("TCPSynRetrans", 375).Queueing(64);

        var finding = Diagnostician.Of(evidence with { Ledgers = evidence.Ledgers with { Servers = [] } })[0];

        Assert.Contains("It holds 64, as its listener asked", finding.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(finding.Remedies, remedy => remedy.Command.Contains("redis.conf", StringComparison.Ordinal));
    }
}
