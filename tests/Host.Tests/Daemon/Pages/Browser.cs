using ActorLoad.Peers.Requirements;
using PuppeteerSharp;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon.Pages;

/// <summary>One Chromium for all specs of a class, where there is one.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Requirement.Chromium.Problem is null)
        {
            _browser = await Puppeteer.LaunchAsync(new LaunchOptions
            {
                Headless = true,
                ExecutablePath = Requirement.PathOf("chromium"),
                // Root may have no sandbox. In a container, /dev/shm is small. The rest asks networks for nothing.
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
            });
        }
    }

    public async Task DisposeAsync() => await (_browser?.CloseAsync() ?? Task.CompletedTask);

    /// <summary>A tab with cookies of its own.</summary>
    internal async Task<BrowserTab> OpenAsync(Uri daemon, int width = 1280, int height = 900, bool isDark = false)
    {
        var context = await _browser!.CreateBrowserContextAsync();
        return await BrowserTab.OpenAsync(context, daemon, width, height, isDark);
    }
}
