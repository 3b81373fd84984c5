using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.Daemon.Pages;

public sealed class PageSpecs(RunningDaemon running, Browser browser) : IClassFixture<RunningDaemon>, IClassFixture<Browser>
{
    private readonly DaemonProcess _daemon = running.Process;

    private Uri Url => _daemon.Client.BaseAddress!;

    [ChromiumFact]
    public async Task A_run_is_started_watched_and_stopped()
    {
        await using var peer = FaultPeer.Hanging();
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync("/start");
        await tab.UntilTextAsync("[data-state]", "Correct: the embedded server");
        await tab.WriteAsync("#text", "actorload {\n  conections = 5\n}");
        await tab.UntilTextAsync("[data-errors] li", "did you mean");
        Assert.Equal("2", await tab.TextAsync("[data-gutter] b"));
        await tab.PictureAsync("start-with-an-error");

        await tab.WriteAsync("#text", Live(peer));
        await tab.UntilTextAsync("[data-state]", "Correct: 127.0.0.1");
        Assert.Equal(0, await tab.EvaluateAsync<int>("document.querySelectorAll('[data-errors] li').length"));
        await tab.ClickAsync("[data-do=start]");
        await tab.UntilAsync("location.pathname.startsWith('/view/') || document.querySelector('[data-do=start]').textContent === 'Start anyway'");
        if (tab.At == "/start")
        {
            await tab.ClickAsync("[data-do=start]"); // the doctor of a small machine had something against it
        }

        await tab.UntilAsync("location.pathname.startsWith('/view/')");
        await tab.UntilAsync("document.querySelector('[data-live=\"connections/planned\"]')?.textContent === '5'");
        await tab.UntilAsync("document.querySelectorAll('.js-plotly-plot').length > 0");
        var after = await tab.EvaluateAsync<int>("Number(document.querySelector('[data-after]').dataset.after)");
        await tab.UntilAsync($"Number(document.querySelector('[data-after]').dataset.after) > {after + 3}"); // it grows
        await tab.PictureAsync("live");

        await tab.ClickAsync("[data-do=stop]");
        await tab.ClickAsync("#confirm [value=yes]");
        await tab.UntilAsync("document.querySelector('.state-interrupted') !== null");
        Assert.Equal("interrupted", (await _daemon.EndOfAsync(tab.At["/view/".Length..])).GetProperty("state").GetString());
        await tab.AssertCleanAsync();
    }

    [ChromiumFact]
    public async Task Two_ticked_runs_are_compared()
    {
        await using var peer = FaultPeer.Answering();
        var (first, second) = (await EndedAsync(peer, 20), await EndedAsync(peer, 30));
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync("/");
        Assert.True(await tab.EvaluateAsync<bool>("document.querySelector('[data-do=compare]').disabled"));
        await tab.ClickAsync($"input[value='{first}']");
        await tab.ClickAsync($"input[value='{second}']");
        await tab.PictureAsync("runs");
        await tab.FollowAsync("[data-do=compare]");
        Assert.Equal([first, second], await tab.EvaluateAsync<string[]>("[...document.querySelectorAll('.facts a')].map(link => link.textContent)"));
        await tab.UntilTextAsync("tbody tr", "success-ratio");
        await tab.PictureAsync("compare");
        await tab.AssertCleanAsync();
    }

    [ChromiumFact]
    public async Task A_run_is_deleted_after_a_question()
    {
        await using var peer = FaultPeer.Answering();
        var id = await EndedAsync(peer, 1);
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync($"/?q={id}");
        await tab.ClickAsync($"[data-do=delete][data-run='{id}']");
        await tab.UntilAsync("document.activeElement.value === 'no'"); // a hasty Enter deletes nothing
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.UntilAsync("!document.querySelector('#confirm').open");
        Assert.True(Directory.Exists(running.Files[$"results/{id}"]));
        await tab.ClickAsync($"[data-do=delete][data-run='{id}']");
        await tab.ClickAsync("#confirm [value=yes]");
        await tab.UntilTextAsync(".empty", "No run is like that");
        Assert.False(Directory.Exists(running.Files[$"results/{id}"]));
        await DaemonProcess.ProblemAsync(_daemon.Client.GetAsync($"/runs/{id}"), 404);
    }

    [ChromiumFact]
    public async Task The_list_is_searched_and_sorted()
    {
        await using var peer = FaultPeer.Answering();
        var (small, large) = (await EndedAsync(peer, 3), await EndedAsync(peer, 40));
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync($"/?q={peer.Target}&state=finished");
        Assert.Equal([large, small], await IdsAsync(tab));
        await tab.FollowAsync("th a[href*='sort=connections']");
        Assert.Equal([small, large], await IdsAsync(tab));
        Assert.Equal("ascending", await tab.EvaluateAsync<string>("document.querySelector('[aria-sort]').getAttribute('aria-sort')"));
        await tab.FollowAsync("th a[href*='sort=connections']");
        Assert.Equal([large, small], await IdsAsync(tab));
        await tab.GoAsync($"/?q={peer.Target}&state=failed");
        await tab.UntilTextAsync(".empty", "No run is like that");
    }

    [ChromiumFact]
    public async Task Ten_thousand_new_samples_leave_the_page_able_to_answer()
    {
        const int Many = 10_000;
        await using var answering = FaultPeer.Answering();
        var line = JsonNode.Parse(File.ReadLines(Journal(await EndedAsync(answering, 5))).First())!;
        await using var peer = FaultPeer.Hanging();
        var id = await _daemon.RunAsync(Live(peer, "1h"));
        await _daemon.RowAsync(id, state => state == "running");
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync($"/view/{id}");
        await tab.UntilAsync("document.querySelectorAll('.js-plotly-plot').length > 0");
        await tab.EvaluateAsync<object>("void (window.drawn = 0, function count() { window.drawn++; requestAnimationFrame(count); }())");

        // The daemon itself writes nothing for an hour. It looks at the file when a heartbeat is due.
        await File.AppendAllLinesAsync(Journal(id), Enumerable.Range(1, Many).Select(index =>
        {
            line["runId"] = id;
            line["sample"]!["at"] = index;
            return line.ToJsonString();
        }));
        await tab.UntilAsync("Number(document.querySelector('[data-after]').dataset.after) > 0");
        var between = await tab.EvaluateAsync<int>("window.drawn");
        await tab.UntilAsync($"Number(document.querySelector('[data-after]').dataset.after) === {Many}");
        await tab.UntilAsync($"window.drawn > {between + 1}"); // a page that is busy for long draws no frames
        var points = await tab.EvaluateAsync<int[]>("[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data.map(trace => trace.x.length))");
        Assert.InRange(points.Max(), 500, 4000);
        Assert.Equal(Many, await tab.EvaluateAsync<double>("Math.max(...[...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => plot.data.flatMap(trace => trace.x)))"));
        await tab.PictureAsync("ten-thousand");
        await _daemon.Client.DeleteAsync($"/runs/{id}");
        await tab.AssertCleanAsync();
    }

    [ChromiumFact]
    public async Task Nothing_in_a_run_file_becomes_markup()
    {
        const string Markup = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>";
        await using var peer = FaultPeer.Answering();
        var id = await _daemon.RunAsync(
            $"{RunsApiSpecs.Body(peer, 3)}\nactorload.connection.script = [{JsonSerializer.Serialize($"GET \"{Markup}\"")}]");
        await _daemon.EndOfAsync(id);
        await using var tab = await browser.OpenAsync(Url);
        foreach (var path in new[] { $"/view/{id}", $"/?q={Uri.EscapeDataString(Markup)}", $"/compare?run={Uri.EscapeDataString(Markup)}&run={id}", $"/start?from={Uri.EscapeDataString(Markup)}", $"/view/{Uri.EscapeDataString(Markup)}" })
        {
            await tab.GoAsync(path);
            Assert.Equal(0, await tab.EvaluateAsync<int>("document.querySelectorAll('img, script:not([src]):not([type=\"application/json\"])').length"));
            Assert.NotEqual("owned", await tab.EvaluateAsync<string>("document.title"));
        }

        await tab.GoAsync("/start");
        await tab.WriteAsync("#text", $"actorload {{ \"{Markup}\" = 1, target.endpoints = [{JsonSerializer.Serialize(Markup)}] }}");
        await tab.UntilTextAsync("[data-errors] li", "<img");
        Assert.Equal(0, await tab.EvaluateAsync<int>("document.querySelectorAll('img').length"));
        await tab.AssertCleanAsync();
    }

    [ChromiumTheory]
    [InlineData(360, false)]
    [InlineData(360, true)]
    [InlineData(1280, true)]
    [InlineData(2560, false)]
    public async Task Every_page_fits_its_width_and_keeps_its_policy(int width, bool isDark)
    {
        await using var peer = FaultPeer.Answering();
        var (first, second) = (await EndedAsync(peer, 20), await EndedAsync(peer, 30));
        await using var tab = await browser.OpenAsync(Url, width, 800, isDark);
        foreach (var (name, path) in new[]
        {
            ("runs", "/"), ("start", "/start?from=storm"), ("view", $"/view/{second}"), ("compare", $"/compare?run={first}&run={second}"),
            ("no-run", "/view/20261122-225935-4f2a9c"), ("nothing", "/nothing"),
        })
        {
            await tab.GoAsync(path);
            await tab.UntilAsync("document.querySelectorAll('[data-place]').length === 0 || document.querySelectorAll('.js-plotly-plot').length > 0");
            await tab.PictureAsync($"{name}-{width.ToString(CultureInfo.InvariantCulture)}{(isDark ? "-dark" : "")}");
            await tab.AssertCleanAsync();
        }
    }

    [ChromiumFact]
    public async Task The_keyboard_reaches_everything_in_reading_order()
    {
        await using var peer = FaultPeer.Answering();
        var id = await EndedAsync(peer, 1);
        await using var tab = await browser.OpenAsync(Url);
        await tab.GoAsync($"/?q={id}");
        var names = new List<string>();
        for (var times = 0; times < 24; times++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            names.Add(await tab.EvaluateAsync<string>(
                "(e => e === document.body ? '' : (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.name).trim())(document.activeElement)"));
        }

        string[] expected = ["Skip to the content", "ActorLoad", "Runs", "Start a run", "Start a run", "Search", "State", "Search", "Download all"];
        Assert.Equal(expected, names.Take(expected.Length));
        var rest = names.Skip(expected.Length).ToList();
        string[] ofRun = [$"Compare {id}", id, $"Delete {id}"];
        Assert.Equal(ofRun, rest.Where(ofRun.Contains).Take(ofRun.Length));
    }

    private string Journal(string id) => running.Files[$"results/{id}/samples.jsonl"];

    /// <summary>A run that goes on until it is stopped.</summary>
    private static string Live(FaultPeer peer, string interval = "200ms") =>
        RunsApiSpecs.Body(peer, 5) + $"\nactorload.metrics.interval = {interval}\nactorload.connection.reply-timeout = 1h";

    private async Task<string> EndedAsync(FaultPeer peer, int connections)
    {
        var id = await _daemon.RunAsync(RunsApiSpecs.Body(peer, connections));
        await _daemon.EndOfAsync(id);
        return id;
    }

    private static Task<string[]> IdsAsync(BrowserTab tab) =>
        tab.EvaluateAsync<string[]>("[...document.querySelectorAll('tbody th a')].map(link => link.textContent)");
}
