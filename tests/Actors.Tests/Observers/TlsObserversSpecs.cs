using ActorLoad.Actors.Tests.Observers.Bystanders;
using ActorLoad.Configuration;
using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Tls;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers;

/// <summary>Observers reach a server that speaks TLS only.</summary>
public sealed class TlsObserversSpecs : BystanderKit
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly TestAuthority _authority = new();

    protected override void AfterAll()
    {
        base.AfterAll();
        _authority.Dispose();
    }

    [RedisFact]
    public async Task Server_is_asked_over_TLS_and_its_end_is_noticed()
    {
        await using var redis = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        using var connection = await ServerConnection.OpenAsync(
            redis.EndPoint, Signed($"server-name = {_authority.ServerName}"), _limit, TimeProvider.System, null);
        var large = new string('x', 100_000);
        Assert.Equal([large], await connection.AskAsync("ECHO", large));
        await redis.KillAsync();
        Assert.NotEmpty(await connection.Ended);
    }

    [RedisFact]
    public async Task Refused_certificate_is_the_reason_why_a_server_is_not_observed()
    {
        await using var redis = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        var failure = await Assert.ThrowsAsync<ServerUnavailableException>(() => ServerConnection.OpenAsync(
            redis.EndPoint, Signed("server-name = other.test"), _limit, TimeProvider.System, null));
        Assert.Contains($"did not pass the TLS handshake (wrong name: {_authority.ServerName}", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsFinal);
    }

    [RedisFact]
    public async Task Server_without_TLS_is_named_by_its_observer()
    {
        await using var redis = await RedisServer.StartAsync("--timeout", "1"); // the server's own time: it gets no line to read
        var failure = await Assert.ThrowsAsync<ServerUnavailableException>(() => ServerConnection.OpenAsync(
            redis.EndPoint, Signed("verify = off"), _limit, TimeProvider.System, null));
        Assert.Contains("TLS handshake", failure.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Bystander_pings_over_TLS()
    {
        await using var redis = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        var observed = await ObserveQuietAsync(
            Given.Bystander() with { BandFloor = _limit, Credentials = Signed($"server-name = {_authority.ServerName}") }, redis.EndPoint);
        Assert.Equal((0, 0L), (observed.Unseen.Count, observed.Ledger!.Unanswered));
        Assert.True(observed.Ledger.Before!.Count > 0);
        Assert.Equal(3, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Bystander_says_why_TLS_failed()
    {
        await using var redis = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        var observed = await ObserveQuietAsync(Given.Bystander() with { Credentials = Signed("server-name = other.test") }, redis.EndPoint);
        Assert.Contains(
            observed.Unseen, sentence => sentence.Contains($"tls-failed (wrong name: {_authority.ServerName}", StringComparison.Ordinal));
    }

    private Credentials Signed(string keys)
    {
        var file = new FileLayer("tls.conf", $"actorload.target.tls {{ enabled = on, ca-file = \"{_authority.CertificateFile}\", {keys} }}");
        return ConfigLoader.Load([file], new NamedFiles(File.OpenRead)).Settings.Target.Credentials;
    }
}
