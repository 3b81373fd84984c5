using System.Text.Json;
using ActorLoad.Hosting.Tests.EndToEnd.Causes;
using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

/// <summary>The run that the tool exists for: hocon/failover.conf, with defaults only.</summary>
public sealed class FailoverSpecs : IDisposable
{
    private const int Fleet = 5_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    private readonly string _directory = Directory.CreateTempSubdirectory("actorload-failover-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [RedisNetnsFact]
    public async Task Fleet_recovers_from_cuts_and_from_a_server_restart()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        await using var server = await RedisServer.StartAsync(network);
        await using var run = ActorLoadProcess.Start(
            ["run", Path.Combine(Sources.Root, "hocon", "failover.conf"), "--target", server.Target, "--json", "--out", _directory],
            new ActorLoadOptions { Wrapper = [.. network.Prefix, .. await Undisturbed.PrefixAsync()] });
        await SampleAsync(sample => sample.Answered == Fleet);

        // Every client is cut, and comes back: seen while it happens.
        Assert.Equal($"{Fleet + 1}", await server.CommandAsync("CLIENT", "KILL", "TYPE", "normal")); // with the observer's
        await SampleAsync(sample => sample is { Cut: Fleet, Answered: 2 * Fleet, Retries: Fleet, Connected: Fleet, Recovered: Fleet });

        // The server is away until its clients have been refused for a while, and comes back on the same port.
        await server.KillAsync();
        await SampleAsync(sample => sample.Cut == 2 * Fleet && sample.Refused > 5 * Fleet);
        await using var next = await RedisServer.StartAsync(network, "--port", $"{server.Port}");
        await SampleAsync(sample => sample is { Answered: 3 * Fleet, Waiting: 0, Connected: Fleet, Recovered: 2 * Fleet });

        var ended = await run.ExitAsync(_patience);
        using var document = JsonDocument.Parse(ended.Expect(0).Stdout);
        var result = document.RootElement;
        Assert.Equal("valid", result.GetProperty("verdict").GetString());
        Assert.Equal(Fleet, result.GetProperty("outcomes").GetProperty("succeeded").GetInt64());
        Assert.Equal(2 * Fleet, result.GetProperty("cut").GetInt64());
        var latency = result.GetProperty("latency");
        Assert.Equal(2 * Fleet, latency.GetProperty("recovery").GetProperty("count").GetInt64());
        Assert.Equal(Fleet, latency.GetProperty("total").GetProperty("count").GetInt64());
        Assert.Equal(3 * Fleet, latency.GetProperty("first-reply").GetProperty("count").GetInt64());
        Assert.True(latency.GetProperty("total").GetProperty("max").GetInt64() < 30_000_000, $"the hold is in no total: {latency}");
        AssertAway(result, latency.GetProperty("recovery").GetProperty("max").GetInt64());

        // The view is lines here: they were written as it happened, and not one for each second of the hold.
        Assert.Contains($"cut {Fleet} ", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("recovery p50/p99", ended.Stderr, StringComparison.Ordinal);
        Assert.Contains("waiting ", ended.Stderr, StringComparison.Ordinal);
    }

    // From when to when, by the failures of the clients; nobody was without service for longer but for a backoff and the way back.
    private static void AssertAway(JsonElement result, long longestRecoveryMicros)
    {
        var finding = result.GetProperty("findings").EnumerateArray().Single(found => found.GetProperty("rule").GetString() == "server-restarted");
        var numbers = finding.GetProperty("numbers");
        var (from, to) = (numbers.GetProperty("awayFrom").GetDouble(), numbers.GetProperty("awayTo").GetDouble());
        Assert.InRange(to - from, 0.1, longestRecoveryMicros / 1e6);
        Assert.Contains("it was away from", finding.GetProperty("sentence").GetString(), StringComparison.Ordinal);

        // The failures of the server's absence lie in the samples between the two.
        var samples = result.GetProperty("samples").EnumerateArray().ToArray();
        var refused = samples.Where(sample => sample.GetProperty("attemptsFailed").GetInt64() > 0 && sample.GetProperty("at").GetDouble() > from).ToArray();
        Assert.True(refused[^1].GetProperty("at").GetDouble() >= to, $"{finding}");
    }

    private async Task SampleAsync(Func<Seen, bool> isSo)
    {
        using var limit = new CancellationTokenSource(_patience);
        var path = Path.Combine(_directory, "samples.jsonl");
        for (var last = new Seen(0, 0, 0, 0, 0, 0, 0); !isSo(last); last = File.Exists(path) ? await LastAsync(path) ?? last : last)
        {
            Assert.False(limit.IsCancellationRequested, $"no sample was so; the last one is {last}");
            await Eventually.PauseAsync();
        }
    }

    // The books are balanced in every line.
    private static async Task<Seen?> LastAsync(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync()).Split('\n');
        if (lines.Length < 2)
        {
            return null;
        }

        using var document = JsonDocument.Parse(lines[^2]);
        var sample = document.RootElement;
        var (counts, outcomes) = (sample.GetProperty("connections"), sample.GetProperty("outcomes").EnumerateObject().Sum(outcome => outcome.Value.GetInt64()));
        Assert.Equal(Of("planned", counts), Of("opened", counts) + Of("dropped", counts));
        Assert.Equal(Of("opened", counts), outcomes + Of("open", sample));
        Assert.Equal(Of("attempts", sample), Of("opened", counts) + Of("retries", sample));
        Assert.InRange(Of("connected", sample) + Of("waiting", sample), 0, Of("open", sample));
        var refused = sample.GetProperty("attemptFailures").TryGetProperty("refused", out var count) ? count.GetInt64() : 0;
        var recovered = sample.GetProperty("latency").TryGetProperty("recovery", out var recovery) ? Of("count", recovery) : 0;
        return new Seen(
            Of("answered", sample), Of("cut", sample), Of("retries", sample), Of("connected", sample), Of("waiting", sample), refused, recovered);
    }

    private static long Of(string name, JsonElement parent) => parent.GetProperty(name).GetInt64();

    private sealed record Seen(long Answered, long Cut, long Retries, long Connected, long Waiting, long Refused, long Recovered);
}
