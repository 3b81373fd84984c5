using System.Globalization;
using System.Text.Json;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;

namespace ActorLoad.Peers.Exporters;

/// <summary>Debian's <c>prometheus</c> on a free loopback port, that scrapes one target, and answers queries over its HTTP API.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private PrometheusServer(DirectoryInfo folder, ChildProcess process, Uri address) =>
        (_folder, _process, _client) = (folder, process, new HttpClient { BaseAddress = address });

    /// <summary>Starts one that scrapes <paramref name="target"/>/metrics each second.</summary>
    public static async Task<PrometheusServer> StartAsync(Uri target, string token)
    {
        var folder = Directory.CreateTempSubdirectory("actorload-prometheus-");
        var config = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(config, $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: actorload
                authorization: { credentials: {{token}} }
                static_configs: [ { targets: ["{{target.Authority}}"] } ]
            """);
        var port = FreshPort.NumberApart();
        var server = new PrometheusServer(
            folder,
            ChildProcess.Start([
                "prometheus", $"--config.file={config}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}",
            ]),
            new Uri($"http://127.0.0.1:{port}"));
        await Eventually.HoldsAsync(server.IsReadyAsync, () => $"prometheus does not become ready\n{server._process.Stderr}");
        return server;
    }

    /// <summary>The one value of a query now; null without a result.</summary>
    public async Task<double?> ValueAsync(string query) => (await VectorAsync(query)).Select(row => (double?)row.Value).SingleOrDefault();

    /// <summary>The values of a query now, with their labels; throws if Prometheus refuses it.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> VectorAsync(string query)
    {
        using var response = await _client.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        var text = await response.Content.ReadAsStringAsync();
        using var answer = JsonDocument.Parse(text);
        if (answer.RootElement.GetProperty("status").GetString() != "success")
        {
            throw new InvalidOperationException($"{query}: {text}");
        }

        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(row => (
            (IReadOnlyDictionary<string, string>)row.GetProperty("metric").EnumerateObject()
                .ToDictionary(label => label.Name, label => label.Value.GetString()!),
            double.Parse(row.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _client.GetAsync("/-/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false; // it does not listen yet
        }
    }
}
