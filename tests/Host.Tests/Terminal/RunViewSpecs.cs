using ActorLoad.Configuration.Thresholds;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Terminal.Live;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>What a run looks like while it goes on: a herd that holds, is cut and comes back.</summary>
public sealed class RunViewSpecs
{
    private static readonly LatencySummary _latency = new(1_000, 40, 512.3, 300, 1_200, 25_000, 90_001, 100_447);

    [Fact]
    public void Pipe_gets_few_lines_during_a_hold()
    {
        var writer = new StringWriter();
        var view = new LineView(writer, Thresholds("succeeded >= 5", "success-ratio >= 0.5", "findings == 0", "generator.gc-pause < 1s"));
        for (var second = 1; second <= 60; second++)
        {
            view.Measured(Holding(second));
        }

        var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 2, 4);
        Assert.Contains("open 1000 (connected 1000)", lines[0], StringComparison.Ordinal);
        Assert.Contains("ended 0/s", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith("  succeeded 0 (FAILS >= 5)  success-ratio - (>= 0.5)  generator.gc-pause 0.000 ms (< 1s)", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_shows_the_herd_when_it_comes_back()
    {
        var snapshot = Holding(9) with { Attempts = 2_000, Retries = 1_000, Cut = 1_000, Connected = 990, Waiting = 10 };
        var line = LineView.Line(snapshot with { Sample = snapshot.Sample with { Recovery = _latency } }, new Rates(1_000, 0));
        Assert.Contains("open 1000 (connected 990, waiting 10)", line, StringComparison.Ordinal);
        Assert.Contains("retries 1000  cut 1000  started 1000/s  ended 0/s  recovery p50/p99 0.300/25.0 ms", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bursts", 3, 10, 0.25, "burst 3 of 10")]
    [InlineData("bursts", 3, null, 0.25, "burst 3")]
    [InlineData("ramp", 0, 0, 0.456, "ramp 45.6 %")]
    [InlineData("pause", 3, 10, 0, "pause 0 %")]
    [InlineData("sine", 3, null, 1, "sine 100 %")]
    public void Place_is_the_burst_or_the_shape_with_the_share_of_the_run(string shape, int bursts, int? planned, double share, string told)
    {
        var progress = new RunProgress("storm", bursts, planned, share) { Shape = shape };

        Assert.Equal(told, LineView.Place(progress));
        Assert.StartsWith($"{told}  open 1000 ", LineView.Line(Holding(9) with { Progress = progress }, null), StringComparison.Ordinal);
        Assert.Contains($"storm: {told}, ", Draw(Holding(9) with { Progress = progress }), StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_are_taken_over_a_quarter_of_a_second_or_more()
    {
        var window = new RateWindow();
        Assert.Null(window.Add(Ended(0.1, 50)));
        Assert.Equal(new Rates(500, 400), window.Add(Ended(0.25, 100)));
        Assert.Equal(new Rates(1_000, 1_000), Round(window.Add(Ended(1.25, 1_100))));
        Assert.Equal(1_099, Round(window.Add(Ended(1.251, 1_200)))!.Ended); // and not 100,000 for the last millisecond

        static RunSnapshot Ended(double at, long connections) => Results.Snapshot(at) with
        {
            Attempts = connections + 25,
            Open = 0,
            Connections = new ConnectionCounts(connections, connections, connections, 0, 0, 0),
        };

        static Rates? Round(Rates? rates) => rates is null ? null : new Rates(Math.Round(rates.Started), Math.Round(rates.Ended));
    }

    [Fact]
    public void The_picture_of_a_hold_has_its_clients_and_their_times()
    {
        var text = Draw(Holding(9) with { Waiting = 10, Connected = 980 });
        Assert.Contains("open 1,000 (980 connected, 10 waiting to retry)", text, StringComparison.Ordinal);
        Assert.Contains("first-reply", text, StringComparison.Ordinal);
        Assert.Contains("started", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_has_the_present_value_of_each_threshold()
    {
        var rows = Draw(Holding(9), Thresholds("connect.p99 <= 50ms", "succeeded >= 5", "setup.p99 < 1s", "findings == 0")).Split('\n')
            .Select(row => row.TrimEnd()).ToArray();
        Assert.Contains(rows, row => row.Contains(" connect.p99 ", StringComparison.Ordinal) && row.EndsWith(" 25.0 ms  <= 50ms", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains(" succeeded ", StringComparison.Ordinal) && row.EndsWith(" 0  >= 5", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains(" setup.p99 ", StringComparison.Ordinal) && row.EndsWith(" -  < 1s", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains(" findings ", StringComparison.Ordinal) && row.EndsWith(" at the end  == 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Picture_with_many_thresholds_shows_those_that_fail()
    {
        var text = Draw(Holding(9), Thresholds([.. Enumerable.Range(1, 10).Select(limit => $"opened > {limit}"), "succeeded > 0"]));
        Assert.Contains("succeeded", text, StringComparison.Ordinal);
        Assert.Contains("8 of 11 thresholds", text, StringComparison.Ordinal);
    }

    private static Threshold[] Thresholds(params string[] texts) => [.. texts.Select(text =>
    {
        Assert.True(Threshold.TryParse(text, new ThresholdParts(["db:1"], true, true, true), out var threshold, out var problem), problem);
        return threshold;
    })];

    private static RunSnapshot Holding(double at) => Results.Snapshot(at) with
    {
        Connections = new ConnectionCounts(1_000, 1_000, 0, 0, 0, 0),
        Open = 1_000,
        Connected = 1_000,
        Attempts = 1_000,
        Retries = 0,
        Outcomes = new Dictionary<string, long>(),
        Latency = new Dictionary<string, LatencySummary> { ["connect"] = _latency, ["first-reply"] = _latency, ["total"] = _latency },
    };

    private static string Draw(RunSnapshot snapshot, params Threshold[] thresholds)
    {
        var history = new LiveHistory();
        history.Add(LivePoint.Of(snapshot, new long[ConnectTimes.Count]));
        var page = new LivePage(new ScreenSize(121, 41), new LiveGlyphs(isUnicode: true));
        var rows = page.Of(new LivePage.Picture(null, snapshot, history, LiveWindow.Run) { Thresholds = thresholds });
        return string.Join('\n', rows.Select(row => row.Text));
    }
}
