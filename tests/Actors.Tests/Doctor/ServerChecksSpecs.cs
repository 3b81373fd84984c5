using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Doctor;
using ActorLoad.Observers.Server;
using Xunit;
using static ActorLoad.Actors.Tests.Doctor.Storms;

namespace ActorLoad.Actors.Tests.Doctor;

public sealed class ServerChecksSpecs
{
    [Theory]
    [InlineData(8_033, 1, CheckState.Ok)]
    [InlineData(8_032, 1, CheckState.Warn)]
    [InlineData(8_001, 1, CheckState.Warn)]
    [InlineData(8_000, 1, CheckState.Fail)]
    [InlineData(8_100, 101, CheckState.Fail)]
    public void Maxclients_must_suffice_for_the_storm_its_observers_and_present_clients(long max, long connected, CheckState state)
    {
        var server = Redis with { Reading = Reading("redis", max, connected), Descriptors = (20_000, 20_000) };
        var check = ServerChecks.MaxClients(Needs, server)!;
        Assert.Equal(state, check.State);
        var needed = 8_001 + connected - 1 + 32;
        Assert.Equal(state == CheckState.Ok ? [] : [Remedies.MaxClients(max, needed, "127.0.0.1:6379", hard: 20_000)], check.Remedies);
    }

    [Fact]
    public void Server_with_unknown_maxclients_is_not_judged()
    {
        var check = ServerChecks.MaxClients(Needs, Redis with { Reading = Reading("dragonfly", null, 1) })!;
        Assert.Equal((CheckState.Unseen, "redis-cli -h 127.0.0.1 -p 6379 config get maxclients"), (check.State, check.Look));
        Assert.Equal(CheckState.Ok, ServerChecks.MaxClients(Needs, Redis with { Reading = Reading("garnet", null, 1) })!.State);
        Assert.Null(ServerChecks.MaxClients(Needs, Redis with { Reading = null }));
    }

    [Theory]
    [InlineData(8_033, CheckState.Ok)]
    [InlineData(8_032, CheckState.Fail)]
    public void Servers_descriptors_must_exceed_its_clients_by_32(long soft, CheckState state)
    {
        var check = ServerChecks.Descriptors(Needs, Redis with { Descriptors = (soft, 10_000) })!;
        Assert.Equal(state, check.State);
        Assert.Equal(state == CheckState.Ok ? [] : [Remedies.ServerDescriptors(soft, 8_065, 77, 10_000)], check.Remedies);
    }

    [Theory]
    [InlineData("redis", 9_000, CheckState.Ok)]
    [InlineData("redis", 7_000, CheckState.Unseen)]
    [InlineData("dragonfly", 9_000, CheckState.Unseen)]
    public void Maxclients_of_Redis_tells_its_descriptors_when_its_process_is_unseen(string kind, long max, CheckState state) => Assert.Equal(
        state, ServerChecks.Descriptors(Needs, Redis with { Descriptors = null, Reading = Reading(kind, max, 1) })!.State);

    [Theory]
    [InlineData("8000", 8_000L, 8_000L, CheckState.Ok, "")]
    [InlineData("511", 511L, 8_000L, CheckState.Warn, "as its tcp-backlog says")]
    [InlineData("8000", 4_096L, 8_000L, CheckState.Warn, "only a restart opens a new one")]
    [InlineData("8000", 4_096L, 4_096L, CheckState.Warn, "only a restart opens a new one")]
    [InlineData(null, 511L, 4_096L, CheckState.Warn, "as its tcp-backlog says")]
    [InlineData(null, 4_096L, 4_096L, CheckState.Warn, "holds 4,096. Bursts have")]
    [InlineData("511", null, null, CheckState.Warn, "or less, if net.core.somaxconn")]
    [InlineData("8000", null, null, CheckState.Ok, "")]
    [InlineData(null, null, null, CheckState.Unseen, "is not known")]
    public void Accept_queue_is_the_listeners_or_else_the_servers_backlog(
        string? backlog, long? listener, long? soMaxConn, CheckState state, string words)
    {
        var check = ServerChecks.Queue(Needs, Redis with { Configuration = Configured(backlog), QueueLimit = listener }, soMaxConn)!;
        Assert.Equal(state, check.State);
        Assert.Contains(words, check.Sentence, StringComparison.Ordinal);
        Assert.Equal(state == CheckState.Warn ? TuningKeys.TcpBacklog : null, check.Remedies.SingleOrDefault()?.Key);
    }

    [Fact]
    public void Garnets_queue_is_512_and_its_remedy_is_smaller_bursts()
    {
        var check = ServerChecks.Queue(Needs, Redis with { Reading = Reading("garnet", null, 1), Configuration = Configured(null), QueueLimit = null }, null)!;
        Assert.Equal((CheckState.Warn, "512"), (check.State, check.Present));
        Assert.Equal([Remedies.SmallerBursts(8_000, 512, "load.0")], check.Remedies);
    }

    [Fact]
    public void A_server_that_was_only_looked_at_is_judged_by_its_listener()
    {
        var looked = new ServerReadings("127.0.0.1:6379", true) { QueueLimit = 511 };
        Assert.Equal(CheckState.Warn, ServerChecks.Queue(Needs, looked, 4_096)!.State);
        Assert.Null(ServerChecks.Queue(Needs, looked with { QueueLimit = null }, 4_096));
    }

    [Fact]
    public void Down_server_fails_and_a_server_that_refuses_only_us_is_unseen()
    {
        var down = new ServerReadings("127.0.0.1:6379", true) { Problem = "refused the connection: nothing listens there", IsDown = true, Obstacle = ServerObstacle.NobodyListens };
        var checks = Full(Needs, Machine, down);
        Assert.Equal(CheckState.Fail, checks.Named("target").State);
        Assert.Contains("nothing listens there", checks.Named("target").Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain(checks, check => check.Name == TuningKeys.MaxClients);
        var refusing = down with { Problem = "refused INFO (NOPERM)", IsDown = false, Obstacle = ServerObstacle.Permission, User = "storm" };
        var unseen = Full(Needs, Machine, refusing).Named("target");
        Assert.Equal(CheckState.Unseen, unseen.State);
        Assert.Contains("ACL SETUSER storm +ping +info +config|get", unseen.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_CONFIG_GET_is_reported_with_the_ACL_that_allows_it()
    {
        var refusing = Redis with { Configuration = new ServerConfiguration(new Dictionary<string, string>(), "NOPERM no"), User = "storm" };
        var checks = Full(Needs, Machine, refusing);
        Assert.Contains("ACL SETUSER storm +config|get", checks.Named("CONFIG GET").Sentence, StringComparison.Ordinal);
        var renamed = Redis with { Configuration = new ServerConfiguration(new Dictionary<string, string>(), "ERR unknown command 'CONFIG'") };
        Assert.DoesNotContain("ACL", Full(Needs, Machine, renamed).Named("CONFIG GET").Sentence, StringComparison.Ordinal);
        Assert.Equal(CheckState.Ok, checks.Named(TuningKeys.TcpBacklog).State); // by the listener
    }
}
