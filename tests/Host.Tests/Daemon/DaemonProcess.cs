using System.Net.Http.Headers;
using System.Text.Json;
using ActorLoad.Peers;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

/// <summary>A real <c>actorload serve</c> on a free port, and a client to it.</summary>
internal sealed class DaemonProcess : IAsyncDisposable
{
    private static readonly string[] Over = ["finished", "interrupted", "failed"];

    private DaemonProcess(ChildProcess process, Uri url) => (Process, Client) = (process, new HttpClient { BaseAddress = url });

    public ChildProcess Process { get; }

    public HttpClient Client { get; }

    public static Task<DaemonProcess> StartAsync(TemporaryDirectory files, params string[] args) => StartAsync(files, new ActorLoadOptions(), args);

    public static async Task<DaemonProcess> StartAsync(TemporaryDirectory files, ActorLoadOptions options, params string[] args)
    {
        var process = ActorLoadProcess.Start(
            ["serve", "--set", "daemon.url=http://127.0.0.1:0", "--set", $"daemon.results={files["results"]}", .. args], options);
        var line = await process.StdoutLineAsync(line => line.StartsWith("listening on ", StringComparison.Ordinal));
        return new DaemonProcess(process, new Uri(line["listening on ".Length..]));
    }

    public Task<HttpResponseMessage> PostAsync(string body) => PostAsync(new StringContent(body));

    public Task<HttpResponseMessage> PostAsync(HttpContent content) => Client.PostAsync("/runs", content);

    /// <summary>Starts a run that must be taken, and answers with its id.</summary>
    public async Task<string> RunAsync(string body)
    {
        using var response = await PostAsync(body);
        Assert.True((int)response.StatusCode == 202, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}\n{Process.Stderr}");
        var id = (await JsonAsync(response)).GetProperty("id").GetString()!;
        Assert.Equal($"/runs/{id}", response.Headers.Location!.ToString());
        return id;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        return await JsonAsync(response);
    }

    /// <summary>Asks again and again until the run's row is as wanted: the API has nothing to wait on.</summary>
    public async Task<JsonElement> RowAsync(string id, Func<string, bool> isWanted)
    {
        JsonElement row = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                row = (await GetAsync("/runs")).EnumerateArray().Single(row => row.GetProperty("id").GetString() == id);
                return isWanted(row.GetProperty("state").GetString()!);
            },
            () => $"run {id} never came to the state that was waited for\n{Process.Stderr}");
        return row;
    }

    public Task<JsonElement> EndOfAsync(string id) => RowAsync(id, state => Over.Contains(state));

    /// <summary>Checks that an answer is a problem with this status, and reads it.</summary>
    public static async Task<JsonElement> ProblemAsync(Task<HttpResponseMessage> answering, int status)
    {
        using var response = await answering;
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(new MediaTypeHeaderValue("application/problem+json"), response.Content.Headers.ContentType);
        var problem = await JsonAsync(response);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone();
}
