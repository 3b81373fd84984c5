using System.Text.Json;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Peers;
using ActorLoad.Peers.Exporters;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Exporters;

/// <summary>Runs that deliver their metrics to a collector, which is named by OpenTelemetry's variables.</summary>
public sealed class OtlpSpecs
{
    private const string Load = "load = [ { connections = 200, count = 3, gap = 100ms } ]";

    [RedisFact]
    public async Task Collector_gets_the_counts_and_histograms_of_the_result()
    {
        await using var server = await RedisServer.StartAsync();
        await using var collector = OtlpCollector.Start();

        var (process, result) = await RunAsync(server.Target, collector.Endpoint, ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc"));

        Assert.Equal((0, ""), (process.ExitCode, process.Stderr));
        var last = collector.Deliveries[^1];
        Assert.Equal(("/v1/metrics", "abc"), (last.Path, last.Headers["api-key"]));
        Assert.Equal(("actorload", Id(result)), (last.Resource["service.name"], last.Resource[LoadMetric.RunIdOf]));
        Assert.Equal(600, Point(last, LoadMetric.Ended, "succeeded").Value);
        Assert.Equal(result.GetProperty("attempts").GetDouble(), Point(last, LoadMetric.Attempts).Value);
        foreach (var step in result.GetProperty("latency").EnumerateObject())
        {
            var histogram = last.Points.Single(point => point.Metric == $"actorload.{step.Name.Replace('-', '_')}.duration");
            Assert.Equal(("s", step.Value.GetProperty("count").GetInt64()), (histogram.Unit, histogram.Count));
            Assert.Equal(histogram.Count, histogram.Buckets.Sum());
            var p90 = step.Value.GetProperty("p90").GetDouble() / 1e6;
            Assert.InRange(histogram.Percentile(0.9), p90 * 0.99, p90 * Math.Pow(2, 1 / Math.Pow(2, histogram.Scale)) * 1.01);
        }
    }

    [RedisFact]
    public async Task Unreachable_collector_costs_one_line_and_nothing_else()
    {
        await using var server = await RedisServer.StartAsync();

        var (process, result) = await RunAsync(
            server.Target, "http://user:secret@127.0.0.1:1", ("OTEL_METRIC_EXPORT_INTERVAL", "100"));

        Assert.Equal((0, 600), (process.ExitCode, result.GetProperty("connections").GetProperty("succeeded").GetInt64()));
        var line = Assert.Single(process.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("actorload: metrics do not reach the collector at http://127.0.0.1:1/ (OTEL_EXPORTER_OTLP_ENDPOINT): ", line);
        Assert.EndsWith("Connection refused (127.0.0.1:1); the run goes on, and its own results are complete", line);
    }

    [RedisFact]
    public async Task Collector_that_does_not_answer_holds_up_no_run()
    {
        await using var server = await RedisServer.StartAsync();
        await using var silent = FaultPeer.Hanging();

        var (process, _) = await RunAsync(server.Target, $"http://{silent.Target}");

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("metrics do not reach the collector", process.Stderr);
    }

    [RedisFact]
    public async Task Switched_off_sdk_delivers_nothing()
    {
        await using var server = await RedisServer.StartAsync();
        await using var collector = OtlpCollector.Start();

        var (process, _) = await RunAsync(server.Target, collector.Endpoint, (OtlpSettings.SdkDisabled, "true"));

        Assert.Equal((0, ""), (process.ExitCode, process.Stderr));
        Assert.Empty(collector.Deliveries);
    }

    private static string Id(JsonElement result) => result.GetProperty("run").GetProperty("id").GetString()!;

    private static OtlpPoint Point(OtlpDelivery delivery, LoadMetric metric, string? outcome = null) => delivery.Points.Single(point =>
        point.Metric == metric.Name && (outcome is null || point.Attributes[LoadMetric.OutcomeOf] == outcome));

    private static async Task<(ProcessResult Process, JsonElement Result)> RunAsync(
        string target, string endpoint, params (string Name, string Value)[] more)
    {
        using var files = new TemporaryDirectory();
        var file = files.Write("run.conf", $"actorload {{ target.endpoints = [\"{target}\"]\n {Load} }}");
        var variables = new Dictionary<string, string?>
        {
            [OtlpSettings.AnyEndpoint] = endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        var process = await ActorLoadProcess.RunAsync(
            ["run", file, "--json", "--quiet", "--set", "verdict.allow=[\"generator-limited\"]"], new ActorLoadOptions { Environment = variables });
        return (process, JsonDocument.Parse(process.Stdout).RootElement.Clone());
    }
}
