using ActorLoad.Diagnosis;
using ActorLoad.Doctor;
using ActorLoad.Observers.Server;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

/// <summary>Servers that are not alone at their address.</summary>
public class ProxyChecksSpecs
{
    private static readonly ServerReadings Proxied = Redis with { Proxy = "says that it listens on port 7301", QueueLimit = 50 };

    [Fact]
    public void Queue_of_a_proxy_is_the_proxys_backlog_and_not_the_servers()
    {
        var check = ServerChecks.Queue(Needs, Proxied, soMaxConn: 4_096)!;

        Assert.Equal((CheckState.Warn, "the proxy's backlog", "50"), (check.State, check.Name, check.Present));
        Assert.Contains("the server behind it says that it listens on port 7301", check.Sentence, StringComparison.Ordinal);
        Assert.Equal([RemedyHost.Proxy], check.Remedies.Select(remedy => remedy.Host));
        Assert.DoesNotContain(check.Remedies, remedy => remedy.Command.Contains("redis.conf", StringComparison.Ordinal));
        Assert.Equal(CheckState.Ok, ServerChecks.Queue(Needs, Proxied with { QueueLimit = 8_000 }, null)!.State);
        Assert.Equal(CheckState.Unseen, ServerChecks.Queue(Needs, Proxied with { QueueLimit = null }, null)!.State);
    }

    [Fact]
    public void A_peer_that_takes_PING_and_closes_on_INFO_is_a_warning()
    {
        var closing = new ServerReadings("127.0.0.1:6379", IsHere: true)
        {
            Problem = "answers PING, and closed the connection when it is asked for INFO",
            Obstacle = ServerObstacle.ClosesOnInfo,
        };

        var check = TargetCheck.Of(Needs, closing);

        Assert.Equal(CheckState.Warn, check.State);
        Assert.Contains("its limits were not seen", check.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Peer_that_wants_TLS_fails_the_target_check()
    {
        var check = TargetCheck.Of(Needs, new ServerReadings("127.0.0.1:6379", IsHere: true)
        {
            Problem = "wants TLS, which this run does not speak",
            Obstacle = ServerObstacle.Tls,
            IsDown = true,
        });

        Assert.Equal(CheckState.Fail, check.State);
        Assert.StartsWith("127.0.0.1:6379 wants TLS, which this run does not speak: name its port without TLS", check.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_kinds_of_clients_are_listed_as_three() => Assert.Contains(
        "8,000 connections, 1 observer and 4 clients that it has now", ServerChecks.MaxClients(Needs, Redis with { Reading = Reading("redis", 20_000, 5) })!.Sentence, StringComparison.Ordinal);
}
