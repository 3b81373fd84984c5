using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon.Pages;

public sealed class ReconnectSpecs(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [ChromiumFact]
    public async Task A_page_goes_on_with_the_next_daemon()
    {
        await using var peer = FaultPeer.Hanging();
        Uri url;
        string id;
        BrowserTab tab;
        await using (var daemon = await DaemonProcess.StartAsync(_files))
        {
            url = daemon.Client.BaseAddress!;
            id = await daemon.RunAsync(RunsApiSpecs.Body(peer, 5) + "\nactorload.metrics.interval = 100ms\nactorload.connection.reply-timeout = 1h");
            await daemon.RowAsync(id, state => state == "running");
            tab = await browser.OpenAsync(url);
            await tab.GoAsync($"/view/{id}");
            await tab.UntilAsync("Number(document.querySelector('[data-after]').dataset.after) > 3");
            daemon.Process.Signal(ChildSignal.Kill);
            await daemon.Process.ExitAsync();
        }

        await using (tab)
        {
            await tab.UntilTextAsync("[data-note]", "The daemon is away");
            await using var again = await DaemonProcess.StartAsync(_files, "--set", $"daemon.url={url}");
            await tab.UntilAsync("document.querySelector('.state-interrupted') !== null");
            Assert.Equal($"/view/{id}", tab.At);
            await tab.AssertCleanAsync();
        }
    }
}
