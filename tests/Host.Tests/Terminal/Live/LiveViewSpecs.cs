using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Terminal.Live;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal.Live;

/// <summary>The live page: what it shows, what it leaves out on a small screen, and what its keys do.</summary>
public sealed class LiveViewSpecs
{
    private static readonly LiveGlyphs _glyphs = new(isUnicode: true);
    private static readonly LatencySummary _latency = new(1_000, 40, 512.3, 300, 1_200, 25_000, 90_001, 100_447);
    private readonly List<string> _stops = [];

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 10)]
    [InlineData(63, 24)]
    [InlineData(40, 24)]
    [InlineData(40, 12)]
    [InlineData(200, 60)]
    [InlineData(20, 4)]
    [InlineData(1, 1)]
    public void Page_fits_a_screen_of_any_size(int columns, int rows)
    {
        var view = View();
        Measure(view, 120, connects: [300, 40_000, 1_005_000, 7_000_000]);
        view.FilesLost("No space left on device");
        var page = view.Draw(new ScreenSize(columns, rows), _glyphs, hasKeys: true);
        Assert.InRange(page.Count, 1, Math.Max(1, rows - 1));
        Assert.All(page, row => Assert.InRange(PageLine.Cells(row.Text), 0, Math.Max(8, columns - 1)));
        Assert.Contains(page, row => row.Text.Contains("storm", StringComparison.Ordinal) || row.Text.Contains('━', StringComparison.Ordinal) || row.Text.StartsWith('!'));
    }

    [Fact]
    public void Page_of_80_by_24_has_every_part()
    {
        var view = View();
        Measure(view, 12, connects: [300, 310, 1_005_000]);
        var text = Text(view);
        foreach (var part in new[]
        {
            "storm: burst 3 of 10, 12.0 s, about", "connections/s   due ", "due     ", "started ", "open ", "connect, whole run", "outcomes, whole run",
            "first-reply", "threshold", "success-ratio", "newest finding, at 12.0 s: ", "q stops   - + change the window: whole run",
        })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }

        Assert.Matches(@"\n0\.1-1 ms +2  █", text);
        Assert.Matches(@"\n1-10 s +1  █", text);
    }

    [Fact]
    public void Close_connect_times_are_shown_in_finer_ranges()
    {
        var view = View();
        Measure(view, 12, connects: [30, 150, 300, 310, 1_500]);
        Assert.Matches(
            @"\n0\.02-0\.05 ms +1 .*\n0\.05-0\.1 ms +0.*\n0\.1-0\.2 ms +1 .*\n0\.2-0\.5 ms +2 .*\n0\.5-1 ms +0.*\n1-2 ms +1 ", Text(view, rows: 40));
    }

    [Fact]
    public void Time_left_follows_from_the_share_that_is_done()
    {
        Assert.Equal("about 30 s left", LivePage.TimeLeft(At(10, fraction: 0.25), 0));
        Assert.Equal("about 28 s left", LivePage.TimeLeft(At(10, fraction: 0.25), 2));
        Assert.Equal("about 0 ms left", LivePage.TimeLeft(At(10, fraction: 0.25), 60));
        Assert.Null(LivePage.TimeLeft(At(10, fraction: 0), 0));
        Assert.Equal("closing", LivePage.TimeLeft(At(10, fraction: 1) with { Open = 5 }, 0));
        Assert.Null(LivePage.TimeLeft(At(10, fraction: 1) with { Open = 0 }, 0));
    }

    [Fact]
    public void Minus_and_plus_change_the_window_and_what_is_counted_in_it()
    {
        var view = View();
        for (var second = 1; second <= 20; second++)
        {
            Measure(view, second, succeeded: second * 100, refused: second <= 10 ? second : 10);
        }

        Assert.Contains("refused          10", Text(view), StringComparison.Ordinal);
        view.Press('-');
        Assert.Contains("window: last 15 s", Text(view), StringComparison.Ordinal);
        Assert.Contains("refused           5", Text(view), StringComparison.Ordinal);
        view.Press('-');
        Assert.Contains("outcomes, last 5 s", Text(view), StringComparison.Ordinal);
        Assert.Contains("succeeded       500", Text(view), StringComparison.Ordinal);
        Assert.DoesNotContain("refused           ", Text(view).Split("newest")[0], StringComparison.Ordinal);
        view.Press('-');
        view.Press('-');
        Assert.Contains("last 1 s", Text(view), StringComparison.Ordinal);
        view.Press('=');
        view.Press('+');
        view.Press('+');
        view.Press('+');
        Assert.Contains("window: whole run", Text(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Q_stops_and_other_keys_do_nothing()
    {
        using var stopping = new CancellationTokenSource();
        var view = View(stopping.Token);
        Measure(view, 1);
        foreach (var key in "abcxyz\r\n\t ")
        {
            view.Press(key);
        }

        Assert.Empty(_stops);
        view.Press('q');
        Assert.Equal(["q"], _stops);
        stopping.Cancel();
        Assert.Contains("stopping: what is open is closed", Text(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_keyboard_no_key_is_offered()
    {
        var view = View();
        Measure(view, 1);
        var text = string.Join('\n', view.Draw(new ScreenSize(80, 24), _glyphs, hasKeys: false).Select(row => row.Text));
        Assert.Contains("Ctrl-C stops", text, StringComparison.Ordinal);
        Assert.DoesNotContain("q stops", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Newest_finding_is_the_one_that_came_last()
    {
        var view = View();
        Measure(view, 1, refused: 5);
        Assert.Contains("newest finding, at 1.0 s: refused (5 so far): a RST answered the SYN", Text(view), StringComparison.Ordinal);
        Measure(view, 2, refused: 7, connects: [300, 1_003_000, 3_010_000]);
        Assert.Contains("newest finding, at 2.0 s: slow connects (2 so far)", Text(view), StringComparison.Ordinal);
        var rejected = At(3) with { AttemptFailures = new Dictionary<string, long> { ["rejected"] = 9 }, Rejections = new Dictionary<string, long> { ["ERR max number"] = 9 } };
        view.Measured(rejected);
        Assert.Contains("newest finding, at 3.0 s: rejected (9 so far): the server answered ERR", Text(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_in_which_nothing_failed_has_no_finding()
    {
        var view = View();
        Measure(view, 1, connects: [200, 300]);
        Assert.DoesNotContain("finding", Text(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Outcomes_are_sorted_by_size_and_have_their_colours()
    {
        var view = View();
        view.Measured(At(1) with { Outcomes = new Dictionary<string, long> { ["reset"] = 2, ["succeeded"] = 90, ["refused"] = 8 } });
        var rows = view.Draw(new ScreenSize(80, 24), _glyphs, hasKeys: true);
        string[] names = ["succeeded", "refused", "reset"];
        var places = names.Select(name => rows.ToList().FindIndex(row => row.Text.Contains(name + "  ", StringComparison.Ordinal))).ToArray();
        Assert.Equal([.. places.Order()], places);
        foreach (var (name, place) in names.Zip(places))
        {
            Assert.Equal(OutcomeColours.OnDark(name), "#" + rows[place].Words[^1].Style.Foreground.ToHex().ToLowerInvariant());
        }
    }

    [Fact]
    public void Every_outcome_but_a_crash_has_a_colour() => Assert.Equal(
        [Outcome.Crashed], Outcomes.All.Where(outcome => OutcomeColours.OnDark(outcome.Name()) is null));

    [Fact]
    public void Terminal_control_characters_of_servers_are_escaped()
    {
        var view = View();
        view.Measured(At(1) with { Rejections = new Dictionary<string, long> { ["\u001b]0;owned\u0007"] = 3 } });
        var text = Text(view);
        Assert.Contains(@"\u001b]0;owned\u0007", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void Locale_without_utf8_gets_bars_of_ascii()
    {
        var view = View();
        Measure(view, 12, refused: 5, connects: [300, 310, 1_005_000]);
        Assert.All(view.Draw(new ScreenSize(80, 24), new LiveGlyphs(isUnicode: false), hasKeys: true), row => Assert.True(row.Text.All(char.IsAscii), row.Text));
        Assert.False(LiveGlyphs.IsUnicode(name => name == "LANG" ? "C" : null));
        Assert.True(LiveGlyphs.IsUnicode(name => name == "LC_ALL" ? "de_DE.UTF-8@euro" : "C"));
        Assert.True(LiveGlyphs.IsUnicode(name => name == "LANG" ? "C.utf8" : ""));
        Assert.True(LiveGlyphs.IsUnicode(_ => null));
    }

    [Fact]
    public void Long_history_keeps_counts_exact_and_its_memory_bounded()
    {
        var history = new LiveHistory();
        for (var second = 1; second <= 20_000; second++)
        {
            history.Add(LivePoint.Origin with { At = second, Due = 10L * second, Started = 9L * second });
        }

        Assert.Equal(200_000, history.Last(30_000).Due);
        Assert.Equal((10, 9), ((int)history.Last(1).Due, (int)history.Last(1).Started));
        Assert.Equal([10, 10, 10, 10], history.Rates(20_000, 4, point => point.Due).Select(rate => Math.Round(rate)));
    }

    private LiveView View(CancellationToken stopping = default)
    {
        Assert.True(Threshold.TryParse("success-ratio >= 0.99", new ThresholdParts(["db:1"], true, true, true), out var threshold, out _));
        return new LiveView([threshold], _stops.Add, TimeProvider.System, stopping);
    }

    private static string Text(LiveView view, int rows = 24) => string.Join('\n', view.Draw(new ScreenSize(80, rows), _glyphs, hasKeys: true).Select(row => row.Text));

    private static RunSnapshot At(double second, double fraction = 0.2) => Results.Snapshot(second) with
    {
        Progress = new RunProgress("storm", 3, 10, fraction),
        AttemptFailures = new Dictionary<string, long>(),
        Rejections = new Dictionary<string, long>(),
        Latency = new Dictionary<string, LatencySummary> { ["connect"] = _latency, ["first-reply"] = _latency, ["total"] = _latency },
    };

    private static void Measure(LiveView view, double second, long succeeded = 100, long refused = 0, long[]? connects = null)
    {
        var (failures, histogram) = (refused > 0 ? new Dictionary<string, long> { ["refused"] = refused } : [], new LatencyHistogram());
        foreach (var connect in connects ?? [])
        {
            histogram.Record(connect);
        }

        var outcomes = new Dictionary<string, long>(failures) { ["succeeded"] = succeeded };
        view.Measured(At(second) with
        {
            Outcomes = outcomes,
            AttemptFailures = failures,
            Times = connects is null ? null : new IntervalTimes(second - 1, second, [new StepTimes(Step.Connect, false, histogram.Summarize()!, HistogramCodec.Encode(histogram)!)]),
        });
    }
}
