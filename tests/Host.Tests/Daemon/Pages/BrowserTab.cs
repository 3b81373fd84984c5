using System.Collections.Concurrent;
using ActorLoad.Peers.Processes;
using PuppeteerSharp;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon.Pages;

/// <summary>A tab that shows the daemon's page, and notes what a browser complains of.</summary>
internal sealed class BrowserTab : IAsyncDisposable
{
    private static readonly int Patience = (int)ChildProcess.DefaultTimeout.TotalMilliseconds;

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly IBrowserContext _context;
    private readonly Uri _daemon;

    private BrowserTab(IBrowserContext context, IPage page, Uri daemon) => (_context, Page, _daemon) = (context, page, daemon);

    public IPage Page { get; }

    /// <summary>The path and query that it shows.</summary>
    public string At => new Uri(Page.Url).PathAndQuery;

    /// <summary>Opens a tab of this size.</summary>
    public static async Task<BrowserTab> OpenAsync(IBrowserContext context, Uri daemon, int width, int height, bool isDark)
    {
        var page = await context.NewPageAsync();
        page.DefaultTimeout = Patience;
        page.DefaultNavigationTimeout = Patience;
        var tab = new BrowserTab(context, page, daemon);
        page.PageError += (_, error) => tab._complaints.Enqueue(error.Message);
        page.Console += (_, console) => tab.Note(console.Message.Text);
        page.Request += (_, request) => tab.NoteRequest(request.Request.Url);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" }]);
        return tab;
    }

    public Task GoAsync(string path) => Page.GoToAsync(new Uri(_daemon, path).ToString(), WaitUntilNavigation.Load);

    /// <summary>Waits until an expression of the page is true.</summary>
    public async Task UntilAsync(string expression)
    {
        try
        {
            await Page.WaitForExpressionAsync(expression);
        }
        catch (Exception exception) when (exception is WaitTaskTimeoutException or TimeoutException)
        {
            throw new TimeoutException($"never true on {Page.Url}: {expression}\n{await TextAsync("body")}\n{string.Join('\n', _complaints)}", exception);
        }
    }

    /// <summary>Waits until an element has words, in any state of the page.</summary>
    public Task UntilTextAsync(string selector, string words) => UntilAsync(
        $"[...document.querySelectorAll({Quoted(selector)})].some(element => element.innerText.includes({Quoted(words)}))");

    public Task<string> TextAsync(string selector) => EvaluateAsync<string>($"document.querySelector({Quoted(selector)}).innerText");

    public Task<T> EvaluateAsync<T>(string expression) => Page.EvaluateExpressionAsync<T>(expression);

    /// <summary>Clicks what is there, or will be.</summary>
    public async Task ClickAsync(string selector)
    {
        await Page.WaitForSelectorAsync(selector, new WaitForSelectorOptions { Visible = true });
        await Page.ClickAsync(selector);
    }

    /// <summary>Clicks what leads to another page, and waits for that.</summary>
    public async Task FollowAsync(string selector)
    {
        await Page.WaitForSelectorAsync(selector, new WaitForSelectorOptions { Visible = true });
        await Task.WhenAll(Page.WaitForNavigationAsync(new NavigationOptions { WaitUntil = [WaitUntilNavigation.Load] }), Page.ClickAsync(selector));
    }

    /// <summary>Writes a text as a person does who pastes it.</summary>
    public Task WriteAsync(string selector, string text) => Page.EvaluateFunctionAsync(
        "(selector, text) => { const field = document.querySelector(selector); field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }",
        selector, text);

    /// <summary>Keeps what the page looks like, among the results of the tests.</summary>
    public Task PictureAsync(string name)
    {
        var folder = Path.Combine(Sources.Root, "TestResults", "pages");
        Directory.CreateDirectory(folder);
        return Page.ScreenshotAsync(Path.Combine(folder, $"{name}.png"), new ScreenshotOptions { FullPage = true });
    }

    /// <summary>Checks that the page fits its width, broke no rule of its policy, threw nothing and asked nobody else.</summary>
    public async Task AssertCleanAsync()
    {
        Assert.Empty(_complaints);
        Assert.Equal(0, await EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private void Note(string words)
    {
        if (words.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
        {
            _complaints.Enqueue(words);
        }
    }

    private void NoteRequest(string url)
    {
        if (!url.StartsWith(_daemon.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) && !url.StartsWith("data:", StringComparison.Ordinal)
            && !url.StartsWith("blob:", StringComparison.Ordinal))
        {
            _complaints.Enqueue($"asked for {url}");
        }
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
