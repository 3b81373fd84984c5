using System.Net;
using ActorLoad.Configuration;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests;

/// <summary>The door of the library, as somebody's own tests use it.</summary>
public sealed class ConnectionStormSpecs
{
    [RedisFact]
    public async Task Storm_returns_what_happened_to_every_connection()
    {
        await using var redis = await RedisServer.StartAsync();

        var result = await ConnectionStorm.RunAsync(redis.Target, connections: 50, bursts: 2, new Dictionary<string, string>
        {
            ["connection.script"] = "[PING]",
            ["thresholds"] = "[\"success-ratio >= 1\"]",
        });

        Assert.Equal(100, result.Connections.Planned);
        Assert.Equal(100, result.Outcomes["succeeded"]);
        Assert.Equal(2, result.Bursts.Count);
        Assert.Equal(100, result.Latency["connect"].Count);
        Assert.Equal("success-ratio >= 1", Assert.Single(result.Thresholds).Expression);
        Assert.Equal(redis.Target, Assert.Single(result.Target.Endpoints));
    }

    [RedisFact]
    public async Task Storms_that_begin_together_take_turns()
    {
        await using var redis = await RedisServer.StartAsync();

        var results = await Task.WhenAll(ConnectionStorm.RunAsync(redis.Target, 20), ConnectionStorm.RunAsync(redis.Target, 30));

        Assert.Equal([20, 30], results.Select(result => result.Connections.Succeeded));
        var (first, second) = results[0].Run.StartedAt < results[1].Run.StartedAt ? (results[0], results[1]) : (results[1], results[0]);
        Assert.True(second.Run.StartedAt >= first.Run.StartedAt.AddSeconds(first.Run.DurationSeconds));
    }

    [RedisFact]
    public async Task Cancelled_storm_throws_with_what_had_happened_by_then()
    {
        await using var redis = await RedisServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var storm = ConnectionStorm.RunAsync(redis.Target, 25, set: new Dictionary<string, string> { ["connection.hold"] = "1h" }, cancellation: cancel.Token);
        await Eventually.HoldsAsync(async () => await redis.ConnectionsReceivedAsync() >= 25);

        await cancel.CancelAsync();

        var canceled = await Assert.ThrowsAsync<StormCanceledException>(() => storm);
        Assert.Equal(Verdict.Interrupted, canceled.Result!.Verdict);
        Assert.Equal(25, canceled.Result.Connections.Cancelled);
        Assert.Equal(cancel.Token, canceled.CancellationToken);
    }

    [Fact]
    public async Task Storm_that_is_cancelled_before_it_begins_has_no_result()
    {
        var canceled = await Assert.ThrowsAsync<StormCanceledException>(
            () => ConnectionStorm.RunAsync("127.0.0.1:6379", 1, cancellation: new CancellationToken(canceled: true)));
        Assert.Null(canceled.Result);
    }

    [Fact]
    public async Task Refused_connections_are_a_result_and_no_exception()
    {
        using var socket = FreshPort.Bound(); // bound, and nobody listens
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;

        var result = await ConnectionStorm.RunHoconAsync(
            $$"""
            actorload {
              target.endpoints = ["127.0.0.1:{{port}}"]
              load = [ { connections = 10, count = 1 } ]
              supervision.refused.directive = stop
            }
            """);

        Assert.Equal(10, result.Outcomes["refused"]);
        Assert.NotEqual(Verdict.Valid, result.Verdict);
    }

    [Fact]
    public async Task Address_that_is_not_allowed_is_an_error_with_the_key_that_allows_it()
    {
        var error = await ErrorAsync(ConnectionStorm.RunAsync("192.0.2.1:6379", 1));
        Assert.Equal("target.endpoints[0]", error.Key);
        Assert.Contains("safety.allowed-targets", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embedded_server_is_an_error_because_the_library_has_none()
    {
        var error = await ErrorAsync(ConnectionStorm.RunAsync("embedded", 1));
        Assert.Equal("target.endpoints", error.Key);
        Assert.Equal("the address of a server", error.Allowed);
    }

    [Fact]
    public async Task Wrong_settings_are_errors_with_their_place_and_remedy()
    {
        var bad = await Assert.ThrowsAsync<SettingsException>(
            () => ConnectionStorm.RunAsync("127.0.0.1:6379", 0, set: new Dictionary<string, string> { ["conection.hold"] = "1s" }));

        Assert.Contains(bad.Errors, error => error is { Source: "connections", Key: "load[0].connections" });
        Assert.Contains(bad.Errors, error => error.Source == "set[\"conection.hold\"]" && error.Allowed.Contains("connection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_that_does_not_exist_is_an_error_that_names_it()
    {
        var error = await ErrorAsync(ConnectionStorm.RunFileAsync("no-such.conf"));
        Assert.Equal(("no-such.conf", "no such file"), (error.Source, error.Problem));
    }

    private static async Task<SettingsError> ErrorAsync(Task storm) => Assert.Single((await Assert.ThrowsAsync<SettingsException>(() => storm)).Errors);
}
