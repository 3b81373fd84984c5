using System.Net;
using System.Net.Http.Headers;
using ActorLoad.Peers.Requirements;
using PuppeteerSharp;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon.Pages;

public sealed class LoginSpecs(Browser browser) : IClassFixture<Browser>, IAsyncLifetime, IDisposable
{
    private const string Token = "correct-horse";

    private readonly TemporaryDirectory _files = new();
    private DaemonProcess _daemon = null!;

    private Uri Url => _daemon.Client.BaseAddress!;

    private string Origin => Url.GetLeftPart(UriPartial.Authority);

    public async Task InitializeAsync() => _daemon = await DaemonProcess.StartAsync(_files, "--set", $"daemon.token={Token}");

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    public void Dispose() => _files.Dispose();

    [ChromiumFact]
    public async Task The_page_asks_for_the_token_and_comes_back()
    {
        await using var tab = await browser.OpenAsync(Url, 360, 700);
        await tab.GoAsync("/start?from=rate");
        Assert.Equal("/login?to=%2Fstart%3Ffrom%3Drate", tab.At);
        await tab.PictureAsync("login");
        await tab.AssertCleanAsync();
        await tab.Page.Keyboard.TypeAsync("correct-horsf"); // the field has the focus
        await Task.WhenAll(tab.Page.WaitForNavigationAsync(), tab.Page.Keyboard.PressAsync("Enter"));
        Assert.Equal("This is not the token of this daemon.", await tab.TextAsync("#problem"));
        await tab.Page.Keyboard.TypeAsync(Token);
        await Task.WhenAll(tab.Page.WaitForNavigationAsync(), tab.Page.Keyboard.PressAsync("Enter"));
        Assert.Equal("/start?from=rate", tab.At);
        await tab.UntilTextAsync("[data-state]", "Correct"); // a post of the page is taken

        var cookie = Assert.Single(await tab.Page.GetCookiesAsync());
        Assert.Equal((true, SameSite.Strict), (cookie.HttpOnly, cookie.SameSite));
        Assert.DoesNotContain(Token, WebUtility.UrlDecode(cookie.Value), StringComparison.Ordinal);
        await tab.AssertCleanAsync();
        await tab.FollowAsync(".bar form button");
        Assert.Equal("/login", tab.At);
        await tab.GoAsync("/");
        Assert.StartsWith("/login", tab.At, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_counts_only_for_requests_of_its_own_page()
    {
        var cookie = await LogInAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "/runs", cookie));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Post, "/runs/check", cookie, Origin));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/runs/check", cookie));
        foreach (var foreign in new[] { "http://example.com", "null", $"{Origin}1", "http://localhost:1" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, "/runs/check", cookie, foreign));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Delete, "/runs/x", cookie, foreign));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "/runs", cookie[..^4] + "AAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "/runs", cookie.Split('=')[0] + "=" + Token));
    }

    [Fact]
    public async Task A_login_from_a_foreign_page_or_to_a_foreign_place_is_not_taken()
    {
        using var foreign = await PostLoginAsync(Token, "/", "http://example.com");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.False(foreign.Headers.Contains("Set-Cookie"));
        foreach (var elsewhere in new[] { "//example.com", "/\\example.com", "http://example.com", "", "/a\nb" })
        {
            using var answer = await PostLoginAsync(Token, elsewhere, Origin);
            Assert.Equal((HttpStatusCode.Found, "/"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        }

        using var https = await PostLoginAsync(Token, "/", Origin.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.Contains("; secure", Assert.Single(https.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal); // a proxy before it ends TLS
    }

    [Fact]
    public async Task Guesses_of_the_token_are_bounded()
    {
        // Faster than one a second for certain: twenty come before the first is answered.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/runs");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"guess-{index}");
            using var response = await _daemon.Client.SendAsync(request);
            return response.StatusCode;
        }));
        Assert.Contains(HttpStatusCode.Unauthorized, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.DoesNotContain(HttpStatusCode.OK, answers);
    }

    private async Task<string> LogInAsync()
    {
        using var answer = await PostLoginAsync(Token, "/", Origin);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        return cookie.Split(';')[0];
    }

    private async Task<HttpResponseMessage> PostLoginAsync(string token, string to, string origin)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = new FormUrlEncodedContent([new("token", token), new("to", to)]),
        };
        request.Headers.Add("Origin", origin);
        return await client.SendAsync(request);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string cookie, string? origin = null)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = Url };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent("actorload {}");
        }

        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
