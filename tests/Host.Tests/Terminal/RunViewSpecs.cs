using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;
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
        var view = new LineView(writer);
        for (var second = 1; second <= 60; second++)
        {
            view.Measured(Holding(second));
        }

        var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 2, 4);
        Assert.Contains("open 1000 (connected 1000)", lines[0], StringComparison.Ordinal);
        Assert.Contains("ended 0/s", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_shows_the_herd_when_it_comes_back()
    {
        var snapshot = Holding(9) with { Attempts = 2_000, Retries = 1_000, Cut = 1_000, Connected = 990, Waiting = 10 };
        var line = LineView.Line(snapshot with { Sample = snapshot.Sample with { Recovery = _latency } }, new Rates(1_000, 0));
        Assert.Contains("open 1000 (connected 990, waiting 10)", line, StringComparison.Ordinal);
        Assert.Contains("retries 1000  cut 1000  started 1000/s  ended 0/s  recovery p50/p99 0.300/25.0 ms", line, StringComparison.Ordinal);
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
        Assert.Contains("connected", text, StringComparison.Ordinal);
        Assert.Contains("980", text, StringComparison.Ordinal);
        Assert.Contains("waiting to retry", text, StringComparison.Ordinal);
        Assert.Contains("first-reply", text, StringComparison.Ordinal);
        Assert.Contains("started", text, StringComparison.Ordinal);
    }

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

    private static string Draw(RunSnapshot snapshot)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 120;
        IRenderable picture = LiveView.Draw(new LiveView.Picture(null, snapshot, []) { Rates = new Rates(5, 0) }, console.Profile);
        console.Write(picture);
        return writer.ToString();
    }
}
