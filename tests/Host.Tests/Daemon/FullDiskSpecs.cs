using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon;

public sealed class FullDiskSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [OwnMountsFact]
    public async Task Full_disk_is_reported_and_the_run_still_has_its_result()
    {
        await using var peer = FaultPeer.Hanging();
        await using var daemon = await DaemonProcess.StartAsync(
            _files, new ActorLoadOptions { Wrapper = OwnMounts.Disk(_files["results"], "1m") });
        Assert.Equal("ready\n", await daemon.Client.GetStringAsync("/readyz"));
        var id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 3));
        await peer.AcceptedAsync(3);
        await daemon.RowAsync(id, state => state == "running");

        Fill(Disk(daemon, "filler"));
        await DaemonProcess.ProblemAsync(daemon.Client.GetAsync("/readyz"), 503);
        await DaemonProcess.ProblemAsync(daemon.PostAsync(RunsApiSpecs.Body(peer, 3)), 503);
        await DaemonProcess.ProblemAsync(daemon.PostAsync(RunsApiSpecs.Body(peer, 3)), 503);
        Assert.Equal([id], Directory.GetDirectories(Disk(daemon, "")).Select(Path.GetFileName));

        using (await daemon.Client.DeleteAsync($"/runs/{id}"))
        {
            var row = await daemon.EndOfAsync(id);
            Assert.Equal(("interrupted", "interrupted"), (row.GetProperty("state").GetString(), row.GetProperty("verdict").GetString()));
            Assert.StartsWith("its result could not be saved", row.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(3, RunResultJson.Parse(await daemon.Client.GetStringAsync($"/runs/{id}")).Connections.Cancelled);
        Assert.False(File.Exists(Disk(daemon, $"{id}/result.json")));

        File.Delete(Disk(daemon, "filler"));
        Assert.Equal("ready\n", await ReadyAgainAsync(daemon));
        await SavedAsync(daemon, id);
        Assert.Equal(3, RunResultJson.Parse(await File.ReadAllTextAsync(Disk(daemon, $"{id}/result.json"))).Connections.Cancelled);
    }

    [OwnMountsFact]
    public async Task Files_of_a_run_are_named_only_if_they_exist()
    {
        await using var peer = FaultPeer.Answering();
        var full = (await ActorLoadProcess.RunAsync(
            ["run", _files.Write("run.conf", RunsApiSpecs.Body(peer, 3)), "--out", _files["disk/out"], "--quiet"],
            new ActorLoadOptions { Wrapper = OwnMounts.Disk(_files["disk"], "8k") })).Expect(1);
        Assert.Contains("Files: ", full.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("result.json", full.Stdout, StringComparison.Ordinal);
    }

    private string Disk(DaemonProcess daemon, string name) => OwnMounts.PathIn(daemon.Process.Id, _files[$"results/{name}"]);

    private static void Fill(string path)
    {
        using var filler = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    // An answer of the disk may be a moment old.
    private static async Task<string> ReadyAgainAsync(DaemonProcess daemon)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        while (true)
        {
            using var response = await daemon.Client.GetAsync("/readyz", limit.Token);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStringAsync(limit.Token);
            }

            await Eventually.PauseAsync();
        }
    }

    private static async Task SavedAsync(DaemonProcess daemon, string id)
    {
        using var limit = new CancellationTokenSource(ChildProcess.DefaultTimeout);
        while ((await daemon.EndOfAsync(id)).GetProperty("error").ValueKind != System.Text.Json.JsonValueKind.Null)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Eventually.PauseAsync();
        }
    }
}
