using ActorLoad.Actors.Tests.Transport;
using ActorLoad.Configuration;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using ActorLoad.Peers.Tls;
using ActorLoad.Resp;
using ActorLoad.Transport;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>TLS over a lane of one transport: against a real redis-server, and against peers that do something else.</summary>
public abstract class LaneTlsSpecs(string transport) : LaneKit(transport)
{
    private const int Connections = 5;

    private readonly TestAuthority _authority = new();

    private string Authority => $"ca-file = \"{_authority.CertificateFile}\"";

    private string Named => $"{Authority}, server-name = {_authority.ServerName}";

    protected override void AfterAll()
    {
        base.AfterAll();
        _authority.Dispose();
    }

    [RedisTheory]
    [InlineData("rsa", "TLSv1.3")]
    [InlineData("rsa", "TLSv1.2")]
    [InlineData("ecdsa", "TLSv1.3")]
    [InlineData("ecdsa", "TLSv1.2")]
    public async Task Session_runs_over_TLS_and_later_handshakes_resume_the_first(string kind, string version)
    {
        var own = kind == "rsa" ? _authority.Rsa() : _authority.Ecdsa();
        await using var server = await RedisServer.StartAsync(_authority.Server(own, "--tls-protocols", version));
        StartLane([server.EndPoint], Given.Connection("PING", "SET foo {burst}:{client}"), Given.Policy(Given.Stop), tls: Named);
        for (var burst = 0; burst < Connections; burst++)
        {
            await RunBurstAsync(1, burst);
        }

        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
        var tls = Total.Tls!;
        Assert.Equal((1, Connections - 1, 0), (tls.Full, tls.Resumed, tls.Failures.Count));
        Assert.Equal(Connections, Total.Latency(succeeded: true)["tls"].Count);
        Assert.Equal(Connections, await server.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Every_handshake_is_full_without_resumption()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: $"{Named}, resumption = off");
        await RunBurstAsync(1);
        await RunBurstAsync(Connections, burst: 1);

        Assert.Equal((Connections + 1, 0), ((await ReportAsync()).Tls!.Full, Total.Tls!.Resumed));
    }

    [RedisFact]
    public async Task Address_of_an_endpoint_is_a_name_of_the_certificate()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Authority);
        await RunBurstAsync(Connections);

        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
        Assert.Equal((Connections, 0), (Total.Tls!.Full, Total.Tls!.Resumed));
    }

    [RedisFact]
    public async Task Client_shows_its_certificate_if_the_server_wants_one()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa(), "--tls-auth-clients", "yes"));
        var own = _authority.Ecdsa("client");
        StartLane(
            [server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop),
            tls: $"{Named}, certificate-file = \"{own.Certificate}\", key-file = \"{own.Key}\"");
        await RunBurstAsync(Connections);

        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
    }

    [RedisTheory]
    [InlineData("TLSv1.3")]
    [InlineData("TLSv1.2")]
    public async Task Server_that_wants_a_certificate_of_a_client_without_one_is_named(string version)
    {
        await using var server = await RedisServer.StartAsync(
            _authority.Server(_authority.Rsa(), "--tls-auth-clients", "yes", "--tls-protocols", version));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync(version == "TLSv1.3" ? "client certificate wanted" : "no common cipher");
    }

    [RedisFact]
    public async Task Certificate_of_a_client_that_the_server_does_not_trust_is_named()
    {
        using var stranger = new TestAuthority();
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa(), "--tls-auth-clients", "yes"));
        var own = stranger.Rsa("client");
        StartLane(
            [server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop),
            tls: $"{Named}, certificate-file = \"{own.Certificate}\", key-file = \"{own.Key}\"");
        await FailAllAsync("client certificate refused");
    }

    [RedisTheory]
    [InlineData(-30, -1, "certificate expired: ")]
    [InlineData(1, 30, "certificate not yet valid: ")]
    public async Task Certificate_outside_its_time_is_named(int from, int to, string reason)
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa(fromDay: from, toDay: to)));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync(reason + $"{DateTime.UtcNow.AddDays(from > 0 ? from : to):yyyy-MM-dd}");
    }

    [RedisFact]
    public async Task Certificate_for_another_name_is_named_with_its_names()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: $"{Authority}, server-name = other.test");
        await FailAllAsync($"wrong name: {_authority.ServerName} 127.0.0.1");
    }

    [RedisFact]
    public async Task Certificate_of_an_unknown_authority_is_named()
    {
        using var stranger = new TestAuthority();
        await using var server = await RedisServer.StartAsync(stranger.Server(stranger.Rsa()));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync($"unknown authority: {stranger.Name}");
    }

    [RedisFact]
    public async Task No_certificate_is_wrong_if_none_is_verified()
    {
        using var stranger = new TestAuthority();
        await using var server = await RedisServer.StartAsync(stranger.Server(stranger.Rsa("other.test", -30, -1)));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: "verify = off");
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
    }

    [RedisFact]
    public async Task Server_with_older_versions_only_is_named()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa(), "--tls-protocols", "TLSv1.2"));
        StartLane([server.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: $"{Named}, min-version = \"1.3\"");
        await FailAllAsync("no common version");
    }

    [SkippableFact]
    public async Task Plaintext_answer_is_quoted()
    {
        await using var peer = FaultPeer.ErrorOnAccept("ERR Bad TLS header");
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync("plaintext answered: -ERR Bad TLS header");
    }

    [SkippableFact]
    public async Task Server_that_closes_in_the_handshake_is_named()
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            await connection.ReadSomeAsync(stop);
            await connection.FinishAsync(stop);
        });
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync("closed in the handshake");
    }

    [SkippableFact]
    public async Task Server_that_is_silent_in_the_handshake_is_named()
    {
        await using var peer = FaultPeer.Hanging();
        StartLane(
            [peer.EndPoint], Given.Connection("PING") with { ReplyTimeout = Given.Briefly }, Given.Policy(Given.Stop), tls: Named);
        await FailAllAsync("no answer in the handshake");
    }

    [SkippableFact]
    public async Task RST_in_the_handshake_stays_a_reset()
    {
        await using var peer = FaultPeer.Resetting();
        StartLane([peer.EndPoint], Given.Connection("PING"), Given.Policy(Given.Stop), tls: Named);
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.Reset, Connections));
        Assert.Null(Total.Tls);
    }

    [RedisFact]
    public async Task Replies_of_any_size_arrive_whole()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        await server.CommandAsync("SET", "large", new string('x', 3_000_000));
        StartLane([server.EndPoint], Given.Connection("GET large", "PING", "GETRANGE large 0 16383", "GET large"), Given.Policy(Given.Stop), tls: Named);
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
    }

    [RedisTheory]
    [InlineData(CloseMode.Quit, "peer-finished")]
    [InlineData(CloseMode.HalfClose, "peer-finished")]
    [InlineData(CloseMode.Abandon, "unread")]
    public async Task Close_that_waits_for_the_server_ends_as_without_TLS(CloseMode close, string end)
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        StartLane([server.EndPoint], Given.Closing(close), Given.Policy(Given.Stop), tls: Named);
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
        Assert.Equal(new Dictionary<string, long> { [end] = Connections }, Total.Closes);
    }

    [RedisFact]
    public async Task Held_connection_hears_the_end_of_its_server()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa()));
        StartLane(
            [server.EndPoint], Given.Connection() with { Hold = Given.Patience }, Given.Policy(Given.Stop), tls: Named);
        var run = RunBurstAsync(Connections);
        await UntilAsync(total => total.Tls is { } tls && tls.Full + tls.Resumed == Connections);
        await server.KillAsync();
        await run;
        var total = await ReportAsync();
        Assert.Equal(Connections, total[Outcome.PeerClosed] + total[Outcome.Reset]);
        Assert.Equal(Connections, total.Tls!.Full + total.Tls.Resumed);
    }

    [RedisFact]
    public async Task Handshake_of_a_connection_that_says_nothing_is_over_at_the_server_too()
    {
        await using var server = await RedisServer.StartAsync(_authority.Server(_authority.Rsa(), "--loglevel", "debug"));
        StartLane([server.EndPoint], Given.Connection(), Given.Policy(Given.Stop), tls: Named);
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.Succeeded, Connections));
        await Eventually.HoldsAsync(() => Task.FromResult(server.Log.Split("Accepted 127.0.0.1").Length - 1 == Connections));
        Assert.DoesNotContain("Error accepting a client connection", server.Log, StringComparison.Ordinal);
    }

    private void StartLane(
        System.Collections.Immutable.ImmutableArray<Endpoint> targets, ConnectionSettings connection, SupervisionPolicy policy, string tls)
    {
        var file = new FileLayer("tls.conf", $"actorload.target.tls {{ enabled = on, {tls} }}");
        Credentials = new Credentials("", "")
        {
            Tls = ConfigLoader.Load([file], new NamedFiles(File.OpenRead)).Settings.Target.Credentials.Tls,
        };
        StartLane(targets, connection, policy);
    }

    private async Task FailAllAsync(string reason)
    {
        await RunBurstAsync(Connections);
        await AssertOutcomesAsync((Outcome.TlsFailed, Connections));
        Assert.Equal(new Dictionary<string, long> { [reason] = Connections }, Total.Tls!.Failures);
        Assert.Equal(Connections, Total.Established);
    }
}

public sealed class LaneTlsOverRingSpecs() : LaneTlsSpecs(LoopsOf.Ring);

public sealed class LaneTlsOverSocketsSpecs() : LaneTlsSpecs(LoopsOf.Sockets);
