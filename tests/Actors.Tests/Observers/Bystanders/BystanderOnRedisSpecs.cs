using System.Globalization;
using System.Net;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class BystanderOnRedisSpecs : BystanderKit
{
    private const int GreetingsOfTheServersOwn = 1; // RedisServer asks once whether it is there

    [RedisFact]
    public async Task Each_counted_PING_was_executed_by_the_server_and_none_is_missing()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = Given.Bystander();
        var started = TimeProvider.System.GetTimestamp();
        await StartReadyAsync(settings, redis.EndPoint);
        await BeginStormAsync();
        await redis.CommandAsync("PING");
        EndStorm();
        var ledger = (await ObservedAsync()).Ledger!;
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        var (before, during, after) = (ledger.Before!.Count, ledger.During?.Count ?? 0, ledger.After!.Count);
        Assert.Equal(await PingsAsync(redis) - settings.Connections - GreetingsOfTheServersOwn - 1, before + during + after);
        var rate = settings.Connections * settings.RatePerSecond;
        Assert.True(before >= rate * settings.Before.TotalSeconds, $"{before} before");
        Assert.True(after >= rate * settings.Window.TotalSeconds, $"{after} after");
        Assert.True(before + during + after <= (rate * seconds) + settings.Connections, $"{before} + {during} + {after} in {seconds} s");
        Assert.Equal(0, ledger.Unanswered);
        Assert.Empty(ledger.Errors);
    }

    [RedisFact]
    public async Task Quiet_server_recovers_at_once_and_the_bystander_leaves_no_connection()
    {
        await using var redis = await RedisServer.StartAsync();
        var observed = await ObserveQuietAsync(Given.Bystander() with { BandFloor = TimeSpan.FromSeconds(10) }, redis.EndPoint);
        var ledger = observed.Ledger!;
        Assert.Equal((0.0, "recovered at once"), (ledger.RecoverySeconds, ledger.Recovery));
        Assert.Equal((3, 50.0), (ledger.Connections, ledger.RatePerSecond));
        Assert.Equal(0, observed.OwnConnections);
        Assert.Empty(InTimeWait(redis.Port));
        Assert.Equal(0, SocketTable.Read().CountTo(redis.Port, SocketState.Established));
        Assert.Equal(3, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Sleeping_server_delays_each_due_PING_by_its_own_wait()
    {
        await using var redis = await RedisServer.StartAsync("--enable-debug-command", "yes");
        var settings = Given.Bystander() with { Connections = 2 };
        await StartReadyAsync(settings, redis.EndPoint);
        await BeginStormAsync();
        await redis.CommandAsync("DEBUG", "SLEEP", "1"); // the server's own time is the subject
        EndStorm();
        var ledger = (await ObservedAsync()).Ledger!;

        // 100 PINGs were due in that second and waited for half of it on average. One at a time would be two that waited for it all.
        Assert.True(ledger.During!.Count >= 90, $"{ledger.During}");
        Assert.True(ledger.During.Count * ledger.During.Mean >= 30_000_000, $"{ledger.During}");
        Assert.True(ledger.WorstStallMicros >= 950_000, $"{ledger.WorstStallMicros}");
        Assert.True(ledger.During.P99 > 10 * ledger.Before!.P50, $"{ledger.Before} {ledger.During}");
        Assert.NotNull(ledger.RecoverySeconds);
        Assert.Equal(0, ledger.Unanswered);
        Assert.Empty(ledger.Errors);
    }

    [RedisFact]
    public async Task Recovery_is_when_the_last_slow_PING_was_due()
    {
        await using var redis = await RedisServer.StartAsync("--enable-debug-command", "yes");
        await StartReadyAsync(Given.Bystander(), redis.EndPoint);
        await BeginStormAsync();
        var sleep = redis.CommandAsync("DEBUG", "SLEEP", "3"); // longer than the bystander's band, in the server's own time
        EndStorm();
        var ledger = (await ObservedAsync()).Ledger!;
        await sleep;
        Assert.True(ledger.RecoverySeconds > 0, ledger.Recovery);
        Assert.StartsWith("recovered in ", ledger.Recovery, StringComparison.Ordinal);
        Assert.True(ledger.After!.Max > 1_000_000, $"{ledger.After}");
    }

    [RedisFact]
    public async Task A_server_that_does_not_come_back_has_not_recovered()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartReadyAsync(Given.Bystander() with { After = TimeSpan.FromSeconds(1.5) }, redis.EndPoint);
        await BeginStormAsync();
        var killed = TimeProvider.System.GetTimestamp();
        await redis.KillAsync();
        EndStorm();
        var ledger = (await ObservedAsync()).Ledger!;
        var seconds = TimeProvider.System.GetElapsedTime(killed).TotalSeconds;
        Assert.Equal((null, "did not recover in 1.5 s"), (ledger.RecoverySeconds, ledger.Recovery));
        Assert.Null(ledger.After);
        Assert.True(Ended(ledger) >= 3, string.Join(", ", ledger.Errors));
        Assert.InRange(ledger.Errors["refused"], 3, 3 * (1 + (4 * seconds))); // at once, and then four times a second at most
        Assert.True(ledger.Unanswered >= 3 * 50, $"{ledger.Unanswered}");
        Assert.True(ledger.WorstStallMicros >= 1_400_000, $"{ledger.WorstStallMicros}");
    }

    [RedisFact]
    public async Task A_server_that_was_restarted_has_errors_and_recovers()
    {
        await using var first = await RedisServer.StartAsync();
        await StartReadyAsync(Given.Bystander(), first.EndPoint);
        await BeginStormAsync();
        await first.KillAsync();
        await using var second = await RedisServer.StartAsync("--port", first.Port.ToString(CultureInfo.InvariantCulture));
        EndStorm();
        var observed = await ObservedAsync();
        var ledger = observed.Ledger!;
        Assert.NotNull(ledger.RecoverySeconds);
        Assert.True(Ended(ledger) >= 3, string.Join(", ", ledger.Errors));
        Assert.True(ledger.Unanswered > 0);
        Assert.Equal(3, await second.ConnectionsReceivedAsync());
        Assert.Empty(InTimeWait(first.Port));
    }

    [RedisFact]
    public async Task Connections_lost_during_the_storm_are_reopened_and_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartReadyAsync(Given.Bystander(), redis.EndPoint);
        await BeginStormAsync();
        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await AwaitAssertAsync(async () => Assert.Equal(6, await redis.ConnectionsReceivedAsync()), TimeSpan.FromSeconds(60));
        EndStorm();
        var observed = await ObservedAsync();
        Assert.Equal(3, observed.OwnConnections);
        Assert.Equal(3, observed.Reconnects[redis.EndPoint.ToString()]);
        Assert.Equal(3, Ended(observed.Ledger!));
    }

    [RedisFact]
    public async Task Bystander_concludes_at_once_when_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartReadyAsync(Given.Bystander(), redis.EndPoint);
        await BeginStormAsync();
        var ledger = (await ObservedAsync(now: true)).Ledger!;
        Assert.Equal((null, "not known: stopped before the storm had ended"), (ledger.RecoverySeconds, ledger.Recovery));
        Assert.NotNull(ledger.Before);
        Assert.Null(ledger.After);
    }

    [RedisFact]
    public async Task Bystander_concluded_before_its_baseline_reports_what_it_has()
    {
        await using var redis = await RedisServer.StartAsync();
        Start(Given.Bystander() with { Before = TimeSpan.FromHours(1) }, redis.EndPoint);
        await AwaitAssertAsync(async () => Assert.True(await PingsAsync(redis) > 20), TimeSpan.FromSeconds(60));
        Assert.NotNull((await ObservedAsync(now: true)).Ledger!.Before);
    }

    [RedisFact]
    public async Task Stopped_bystander_closes_its_connections()
    {
        await using var redis = await RedisServer.StartAsync();
        await StartReadyAsync(Given.Bystander(), redis.EndPoint);
        Assert.Equal(3, await redis.ConnectedClientsAsync());
        Sys.Stop(Bystander);
        await AwaitAssertAsync(async () => Assert.Equal(0, await redis.ConnectedClientsAsync()), TimeSpan.FromSeconds(60));
        Assert.Empty(InTimeWait(redis.Port));
    }

    [RedisFact]
    public async Task Bystander_connections_take_the_addresses_in_turn()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync();
        await ObserveQuietAsync(Given.Bystander(), first.EndPoint, second.EndPoint);
        Assert.Equal((2, 1), (await first.ConnectionsReceivedAsync(), await second.ConnectionsReceivedAsync()));
    }

    [RedisFact]
    public async Task Bystander_reaches_an_IPv6_address()
    {
        await using var redis = await RedisServer.StartAsync("--bind", "127.0.0.1", "::1");
        var ledger = (await ObserveQuietAsync(Given.Bystander(), new IPEndPoint(IPAddress.IPv6Loopback, redis.Port))).Ledger!;
        Assert.Empty(ledger.Errors);
        Assert.Equal(3, await redis.ConnectionsReceivedAsync());
        Assert.Empty(InTimeWait(redis.Port));
    }

    [RedisTheory]
    [InlineData("", "secret")]
    [InlineData("steady", "word")]
    public async Task Bystander_sends_its_password_on_every_connection(string username, string password)
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        await redis.CommandAsync("ACL", "SETUSER", "steady", "on", ">word", "+ping");
        var settings = Given.Bystander() with { Credentials = new(username, password) };
        await StartReadyAsync(settings, redis.EndPoint);
        await BeginStormAsync();
        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await AwaitAssertAsync(async () => Assert.Equal(6, await redis.ConnectionsReceivedAsync()), TimeSpan.FromSeconds(60));
        EndStorm();
        var ledger = (await ObservedAsync()).Ledger!;
        Assert.NotNull(ledger.RecoverySeconds);
        Assert.All(ledger.Errors.Keys, word => Assert.Contains(word, new[] { "peer-closed", "reset" }));
    }

    [RedisFact]
    public async Task Wrong_password_is_reported_in_the_servers_words()
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "secret");
        var observed = await ObserveQuietAsync(Given.Bystander() with { Credentials = new("", "wrong") }, redis.EndPoint);
        Assert.Null(observed.Ledger);
        Assert.Equal($"3 of 3 bystander connections had no PONG from {redis.EndPoint} when the baseline began: NOAUTH", observed.Unseen[0]);
        Assert.StartsWith("no PING of the bystander was ever answered: WRONGPASS 3, NOAUTH ", observed.Unseen[1], StringComparison.Ordinal);
        Assert.Equal(3, await redis.ConnectionsReceivedAsync());
    }

    [RedisFact]
    public async Task Bystander_reports_the_connections_that_the_server_has_no_room_for()
    {
        await using var redis = await RedisServer.StartAsync("--maxclients", "3"); // one of them is the test's own
        var observed = await ObserveQuietAsync(Given.Bystander() with { BandFloor = TimeSpan.FromSeconds(10), After = TimeSpan.FromSeconds(2) }, redis.EndPoint);
        Assert.Equal(
            [$"1 of 3 bystander connections had no PONG from {redis.EndPoint} when the baseline began: ERR max number of clients reached"],
            observed.Unseen);
        var ledger = observed.Ledger!;
        Assert.NotNull(ledger.Before);
        Assert.Null(ledger.RecoverySeconds); // a third of the PINGs is lost, now as before
        Assert.True(ledger.Errors["ERR max number of clients reached"] > 1);
    }

    // A dying server may still take a connection that comes at once, and end that too.
    private static long Ended(BystanderLedger ledger) =>
        ledger.Errors.GetValueOrDefault("peer-closed") + ledger.Errors.GetValueOrDefault("reset");

    private static async Task<long> PingsAsync(RedisServer redis) =>
        (await redis.InfoAsync("commandstats")).TryGetValue("cmdstat_ping", out var line)
            ? long.Parse(line.Split(',')[0]["calls=".Length..], CultureInfo.InvariantCulture)
            : 0;
}
