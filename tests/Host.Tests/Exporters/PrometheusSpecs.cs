using System.Text.Json;
using System.Text.RegularExpressions;
using ActorLoad.Hosting.Exporters;
using ActorLoad.Hosting.Tests.Daemon;
using ActorLoad.Peers;
using ActorLoad.Peers.Exporters;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Exporters;

/// <summary>A daemon that carries out a storm with refused clients, and the Prometheus that scrapes it, until it has the end of the run.</summary>
public sealed class ScrapedStorm : IAsyncLifetime, IDisposable
{
    private const string Token = "s3cret";

    private readonly TemporaryDirectory _files = new();
    private DaemonProcess? _daemon;
    private PrometheusServer? _prometheus;

    public PrometheusServer Prometheus => _prometheus!;

    public string RunId { get; private set; } = "";

    /// <summary>Its result.json.</summary>
    public JsonElement Result { get; private set; }

    /// <summary>What <c>/metrics</c> answers after the run.</summary>
    public string Exposition { get; private set; } = "";

    /// <summary>The status without a token.</summary>
    public int StatusOfStranger { get; private set; }

    public async Task InitializeAsync()
    {
        if (Requirement.Prometheus.Skip is not null)
        {
            return;
        }

        await using var server = await RedisServer.StartAsync("--maxclients", "150");
        _daemon = await DaemonProcess.StartAsync(
            _files, new ActorLoadOptions { Environment = new Dictionary<string, string?> { ["ACTORLOAD__DAEMON__TOKEN"] = Token } });
        using (var refusal = await _daemon.Client.GetAsync("/metrics"))
        {
            StatusOfStranger = (int)refusal.StatusCode;
        }

        _daemon.Client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        _prometheus = await PrometheusServer.StartAsync(_daemon.Client.BaseAddress!, Token);
        RunId = await _daemon.RunAsync($$"""
            actorload {
              target.endpoints = ["{{server.Target}}"]
              fleets = [
                { name = herd, connection.hold = 50ms, load = [ { connections = 200, count = 3, gap = 300ms } ] }
                { name = day, load = [ { shape = rate, rate = "100/s", duration = 1s } ] }
              ]
            }
            """);
        await _daemon.EndOfAsync(RunId);
        Result = await _daemon.GetAsync($"/runs/{RunId}");
        await Eventually.HoldsAsync(
            async () => await Prometheus.ValueAsync("sum(actorload_runs_total)") == 1, () => "the end of the run is never scraped");
        Exposition = await _daemon.Client.GetStringAsync("/metrics");
    }

    public async Task DisposeAsync()
    {
        await (_prometheus?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_daemon?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    public void Dispose() => _files.Dispose();
}

/// <summary>What Prometheus answers of a storm, against its result.json; and the dashboard, against what is really exported.</summary>
public sealed partial class PrometheusSpecs(ScrapedStorm storm) : IClassFixture<ScrapedStorm>
{
    private static readonly string[] _counts = ["planned", "opened", "dropped"];

    // Prometheus' own, of each scrape.
    private static readonly string[] _labelsOfAll = ["job", "instance", "le"];

    [PrometheusFact]
    public async Task Counters_are_those_of_the_result()
    {
        var connections = storm.Result.GetProperty("connections");
        foreach (var count in _counts)
        {
            Assert.Equal(connections.GetProperty(count).GetDouble(), await storm.Prometheus.ValueAsync($"sum(actorload_{count}_connections_total)"));
        }

        await SameAsync("outcomes", "actorload_ended_connections_total", "actorload_outcome");
        await SameAsync("attemptFailures", "actorload_failed_attempts_total", "actorload_outcome");
        await SameAsync("rejections", "actorload_rejected_attempts_total", "actorload_rejection_prefix");
        Assert.Equal(storm.Result.GetProperty("attempts").GetDouble(), await storm.Prometheus.ValueAsync("sum(actorload_attempts_total)"));
        Assert.Equal(storm.Result.GetProperty("established").GetDouble(), await storm.Prometheus.ValueAsync("sum(actorload_established_attempts_total)"));
        foreach (var fleet in storm.Result.GetProperty("fleets").EnumerateArray())
        {
            var query = $"sum(actorload_ended_connections_total{{actorload_fleet=\"{fleet.GetProperty("name").GetString()}\", actorload_outcome=\"succeeded\"}})";
            Assert.Equal(fleet.GetProperty("connections").GetProperty("succeeded").GetDouble(), await storm.Prometheus.ValueAsync(query));
        }

        Assert.Equal(0, await storm.Prometheus.ValueAsync("actorload_connection_open"));
        Assert.Equal(1, await storm.Prometheus.ValueAsync($"actorload_run_info{{actorload_run_id=\"{storm.RunId}\"}}"));
    }

    [PrometheusFact]
    public async Task Histograms_have_every_value_and_near_percentiles()
    {
        foreach (var (part, prefix) in new[] { ("latency", ""), ("failedLatency", "failed_connection_") })
        {
            foreach (var step in storm.Result.GetProperty(part).EnumerateObject())
            {
                var name = $"actorload_{prefix}{step.Name.Replace('-', '_')}_duration_seconds";
                Assert.Equal(step.Value.GetProperty("count").GetDouble(), await storm.Prometheus.ValueAsync($"{name}_count"));
                Assert.Equal(step.Value.GetProperty("count").GetDouble(), await storm.Prometheus.ValueAsync($"{name}_bucket{{le=\"+Inf\"}}"));
                await NearAsync(step.Value, "p50", name, 0.5);
                await NearAsync(step.Value, "p90", name, 0.9);
            }
        }
    }

    [PrometheusFact]
    public void Metrics_ask_for_the_token() => Assert.Equal(401, storm.StatusOfStranger);

    [PrometheusFact]
    public void Each_exported_metric_is_in_the_list() =>
        Assert.Subset(new HashSet<string>([.. LoadMetric.All.Select(PrometheusName), "target_info"]), Exported().Keys.ToHashSet());

    [PrometheusFact]
    public async Task Dashboard_asks_for_metrics_and_labels_that_exist()
    {
        var exported = Exported();
        var expressions = Expressions().ToArray();
        Assert.True(expressions.Length > 10);
        foreach (var expression in expressions)
        {
            foreach (var metric in Metric().Matches(By().Replace(expression, "")).Select(match => match.Value))
            {
                var series = Suffix().Replace(metric, "");
                Assert.True(exported.ContainsKey(metric) || exported.ContainsKey(series), $"{metric} is not exported: {expression}");
            }

            var labels = Selector().Matches(expression).SelectMany(match => Label().Matches(match.Value)).Select(match => match.Groups[1].Value)
                .Concat(By().Matches(expression).SelectMany(match => match.Groups[1].Value.Split(", ")));
            Assert.Empty(labels.Except(exported.Values.SelectMany(names => names)).Except(_labelsOfAll));
            await storm.Prometheus.VectorAsync(expression); // throws where Prometheus does not understand it
        }
    }

    [Fact]
    public void Dashboard_can_be_imported_with_any_data_source()
    {
        var dashboard = Dashboard();

        var input = Assert.Single(dashboard.GetProperty("__inputs").EnumerateArray());
        Assert.Equal(("datasource", "prometheus"), (input.GetProperty("type").GetString(), input.GetProperty("pluginId").GetString()));
        var source = $"${{{input.GetProperty("name").GetString()}}}";
        var used = Uid().Matches(dashboard.GetRawText()).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal([source], used);
        Assert.Equal(JsonValueKind.Null, dashboard.GetProperty("id").ValueKind);
        var panels = dashboard.GetProperty("panels").EnumerateArray().ToArray();
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));
    }

    /// <summary>The name that Prometheus has for a metric: with its unit, without _total.</summary>
    internal static string PrometheusName(LoadMetric metric) => metric.Name.Replace('.', '_') + metric.Unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };

    private static JsonElement Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Sources.Root, "docs", "grafana", "actorload.json"))).RootElement.Clone();

    // As Grafana fills them in.
    private static IEnumerable<string> Expressions() => Dashboard().GetProperty("panels").EnumerateArray()
        .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Select(target => target.GetProperty("expr").GetString()!
            .Replace("$__rate_interval", "10s").Replace("$__range", "60s").Replace("$job", ".*").Replace("$instance", ".*"));

    private async Task SameAsync(string member, string metric, string label)
    {
        var expected = storm.Result.GetProperty(member).EnumerateObject().Where(count => count.Value.GetInt64() > 0)
            .Select(count => (count.Name, count.Value.GetDouble())).Order().ToArray();
        var rows = await storm.Prometheus.VectorAsync($"sum by ({label}) ({metric}) > 0");

        Assert.NotEmpty(expected);
        Assert.Equal(expected, rows.Select(row => (row.Labels[label], row.Value)).Order());
    }

    // Within a bucket Prometheus draws a straight line; the bucket's ends are 9 % apart.
    private async Task NearAsync(JsonElement step, string percentile, string name, double fraction)
    {
        var expected = step.GetProperty(percentile).GetDouble() / 1e6;
        var found = await storm.Prometheus.ValueAsync($"histogram_quantile({fraction.ToString(System.Globalization.CultureInfo.InvariantCulture)}, {name}_bucket)");
        var width = Math.Max(expected * 0.1, HistogramViews.Boundaries[0]);

        Assert.True(Math.Abs(found!.Value - expected) <= width, $"{name} {percentile}: {found}, and the result says {expected}");
    }

    private Dictionary<string, HashSet<string>> Exported()
    {
        var exported = new Dictionary<string, HashSet<string>>();
        var family = "";
        foreach (var line in storm.Exposition.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                family = Suffix().Replace(line.Split(' ')[2], "");
                exported[family] = [];
            }
            else if (line[0] != '#')
            {
                exported[family].UnionWith(Label().Matches(line).Select(match => match.Groups[1].Value));
            }
        }

        return exported;
    }

    [GeneratedRegex("actorload_[a-z_]+(?=[{\\[ )]|$)")]
    private static partial Regex Metric();

    [GeneratedRegex("_(total|bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("\\{[^}]*\\}")]
    private static partial Regex Selector();

    [GeneratedRegex("([a-z_]+)(?:=~|!=|=)\"")]
    private static partial Regex Label();

    [GeneratedRegex("by \\(([a-z_, ]+)\\)")]
    private static partial Regex By();

    [GeneratedRegex("\"uid\": \"([^\"]*)\"")]
    private static partial Regex Uid();
}
