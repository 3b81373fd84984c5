using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using FsCheck.Xunit;
using Spectre.Console;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>The summary of a run on a terminal of 80 x 24, whose last row is the prompt's, and in a pipe.</summary>
public sealed class SummarySpecs
{
    private const int Columns = 80;
    private const int Rows = 23;

    private static readonly ThresholdResult[] _thresholds =
    [
        new("success-ratio >= 0.99", 0.46, false, null) { Metric = "success-ratio", Limit = ">= 0.99", Unit = MetricUnit.Ratio },
        new("total.p99 <= 2s", 3_200_000, false, "failed after 12 s") { Metric = "total.p99", Limit = "<= 2s", Unit = MetricUnit.Micros },
        new("refused == 0", 0, true, null) { Metric = "refused", Limit = "== 0", Unit = MetricUnit.Count },
    ];

    private static readonly RunResult _run = Results.Of(Verdict.Valid);

    [Property(MaxTest = 200)]
    public void Summary_of_any_run_fits_a_terminal_and_begins_and_ends_with_its_verdict(int seed)
    {
        var result = new RandomResults(seed).Next();
        var lines = Piped(result, "/results/" + new string('d', Math.Abs(seed % 120)));
        Assert.InRange(lines.Length, 3, Rows);
        Assert.All(lines, line => Assert.True(PageLine.Cells(line) <= Columns && line == line.TrimEnd() && !line.Contains('\u001b', StringComparison.Ordinal), line));
        Assert.Equal(lines[0], lines[^1]);
        Assert.EndsWith(result.Verdict switch
        {
            Verdict.Valid => "valid",
            Verdict.GeneratorLimited => "generator-limited)",
            Verdict.Aborted => "aborted)",
            _ => "interrupted)",
        }, lines[0].Replace("(valid)", "valid", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Property(MaxTest = 30)]
    public void Summary_on_a_terminal_has_the_same_rows_as_in_a_pipe(int seed)
    {
        var result = new RandomResults(seed).Next();
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = Columns;
        Summary.Write(console, result, null);
        Assert.Equal(Piped(result, null), Lines(writer));
    }

    [Property(MaxTest = 30)]
    public void Piped_details_have_no_folded_lines_or_trailing_spaces(int seed)
    {
        var result = new RandomResults(seed).Next();
        var writer = new StringWriter();
        Summary.Write(Look.Console(writer, redirected: true), result, "/results", details: true);
        var lines = Lines(writer);
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
        Assert.Equal(lines[0], lines[^1]);
        Assert.All(result.Findings, finding => Assert.Contains(
            lines, line => line.Contains(ForeignText.Shown(finding.Sentence), StringComparison.Ordinal)));
        Assert.All(result.VerdictReasons, reason => Assert.Contains($"  - {ForeignText.Shown(reason)}", lines));
    }

    [Theory]
    [InlineData(1_840, Verdict.Valid, "46 % of 4,000 connections succeeded; the figures can be believed (valid)")]
    [InlineData(4_000, Verdict.Valid, "100 % of 4,000 connections succeeded; the figures can be believed (valid)")]
    [InlineData(3_999, Verdict.Valid, "> 99.9 % of 4,000 connections succeeded; the figures can be believed (valid)")]
    [InlineData(3_440, Verdict.GeneratorLimited, "86 % of 4,000 connections succeeded; not credible (generator-limited)")]
    [InlineData(0, Verdict.Aborted, "0 % of 4,000 connections succeeded; figures until it was given up (aborted)")]
    [InlineData(1, Verdict.Interrupted, "< 0.1 % of 4,000 connections succeeded; stopped (interrupted)")]
    public void Headline_says_what_happened_and_whether_the_figures_count(int succeeded, Verdict verdict, string told)
    {
        var counts = new ConnectionCounts(4_000, 4_000, succeeded, 4_000 - succeeded, 0, 0);
        Assert.Equal(told, Headline.Of(_run with { Connections = counts, Verdict = verdict }, Columns).Text);
    }

    [Theory]
    [InlineData(0, "no connection was started; stopped (interrupted)")]
    [InlineData(7, "all 7 connections were cut off; figures until it was stopped (interrupted)")]
    public void Headline_of_a_run_with_no_ended_connection_gives_no_judgement(int cancelled, string told) => Assert.Equal(
        told, Headline.Of(_run with { Connections = new ConnectionCounts(cancelled, cancelled, 0, 0, 0, cancelled), Verdict = Verdict.Interrupted }, Columns).Text);

    [Fact]
    public void First_of_many_findings_is_shown_whole_and_the_others_are_named()
    {
        string[] rules = ["accept-queue-overflow", "server-cpu", "syn-retransmits", "time-wait", "half-range-cliff", "generator-limited"];
        var sentence = string.Join(' ', Enumerable.Repeat("the kernel dropped what did not fit", 6));
        var remedy = new Remedy("tcp-backlog", "511", "8000", RemedyHost.Server, "redis-cli -h 127.0.0.1 -p 6379 config set maxclients 19968");
        var lines = Piped(_run with { Findings = [.. rules.Select(rule => new Finding(rule, Severity.Error, sentence, new Dictionary<string, double>(), [remedy]))] }, null);
        var text = string.Join(' ', lines.Select(line => line.Trim()));
        Assert.Contains($"LOST CONNECTIONS accept-queue-overflow: {sentence}.", text, StringComparison.Ordinal);
        Assert.Contains($"    {remedy.Command}", lines);
        Assert.Matches("and [45] more: (server-cpu, )?syn-retransmits, time-wait, half-range-cliff, generator-limited ", text);
    }

    [Fact]
    public void Missed_thresholds_come_right_after_the_head()
    {
        var lines = Piped(_run with { Thresholds = _thresholds, Passed = false }, null);
        Assert.Equal("THRESHOLDS NOT MET 2 of 3: success-ratio >= 0.99 (0.46), total.p99 <= 2s (3,200", lines[2]);
    }

    [Fact]
    public void Table_of_thresholds_says_what_passed_with_value_and_limit()
    {
        var lines = Piped(_run with { Thresholds = _thresholds, Passed = false }, null);
        var head = Array.FindIndex(lines, line => line.StartsWith("Thresholds: 2 of 3 failed ", StringComparison.Ordinal));
        Assert.Equal(
            [
                "Thresholds: 2 of 3 failed        value   limit",
                "FAILED  success-ratio             0.46   >= 0.99",
                "FAILED  total.p99             3,200 ms   <= 2s   failed after 12 s",
                "passed  refused                      0   == 0",
            ],
            lines[head..(head + 4)]);
    }

    [Fact]
    public void Many_thresholds_are_cut_to_those_that_failed()
    {
        var lines = Piped(_run with { Thresholds = [.. Enumerable.Repeat(_thresholds[2], 20), _thresholds[1]], Passed = false }, null);
        var head = Array.FindIndex(lines, line => line.StartsWith("Thresholds: 1 of 21 failed, ", StringComparison.Ordinal));
        Assert.StartsWith("FAILED  total.p99 ", lines[head + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void Met_thresholds_of_a_run_that_does_not_pass_say_so()
    {
        var lines = Piped(_run with { Verdict = Verdict.GeneratorLimited, Thresholds = [_thresholds[2]], Passed = false }, null);
        Assert.Contains(lines, line => line.StartsWith("Thresholds: passed, but the run did not", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_endpoints_have_a_row_each_in_the_order_of_the_target()
    {
        var well = EndpointCounts.Of(new EndpointName("a:1", "10.0.0.1:6379"), Results.Snapshot(1));
        var lines = Piped(_run with { Endpoints = [well with { Address = "10.0.0.2:6379" }, well with { GivenUp = "20 of 20 attempts failed" }] }, null);
        var head = Array.FindIndex(lines, line => line.StartsWith("Endpoint ", StringComparison.Ordinal));
        Assert.StartsWith("10.0.0.2:6379 ", lines[head + 1], StringComparison.Ordinal);
        Assert.Matches("^10\\.0\\.0\\.1:6379 +60 +10 +0   given up: reset 15$", lines[head + 2]);
    }

    [Fact]
    public void Phases_have_a_row_each_in_their_order_but_for_a_pause()
    {
        var lines = Piped(_run with { Phases = [Phase("warm", "rate", 0), Phase("rest", "pause", 0), Phase("rush", "spike", 3)] }, null);
        var head = Array.FindIndex(lines, line => line.StartsWith("Phase ", StringComparison.Ordinal));
        Assert.Equal(
            [
                "Phase   succeeded    failed   dropped",
                "warm          100         0         0",
                "rush           97         3         0   reset 3",
            ],
            lines[head..(head + 3)]);
    }

    [Fact]
    public void Run_with_one_phase_beside_a_pause_has_no_rows_of_phases() => Assert.DoesNotContain(
        Piped(_run with { Phases = [Phase("rest", "pause", 0), Phase("rush", "spike", 3)] }, null),
        line => line.StartsWith("Phase ", StringComparison.Ordinal));

    [Theory]
    [InlineData(0, "First 4 of 12 phases", "phase-0", "phase-3")]
    [InlineData(1, "Worst 4 of 12 phases", "phase-11", "phase-8")]
    public void Many_phases_are_cut_to_the_worst_of_them(int failedPerIndex, string told, string first, string last)
    {
        var phases = Enumerable.Range(0, 12).Select(index => Phase($"phase-{index}", "rate", index * failedPerIndex)).ToArray();
        var lines = Piped(_run with { Phases = phases }, null);
        var head = Array.FindIndex(lines, line => line.StartsWith(told, StringComparison.Ordinal));
        Assert.StartsWith($"{first} ", lines[head + 1], StringComparison.Ordinal);
        Assert.StartsWith($"{last} ", lines[head + 4], StringComparison.Ordinal);
    }

    [Fact]
    public void Details_have_the_shape_and_the_times_of_each_phase()
    {
        var writer = new StringWriter();
        var result = _run with { Phases = [Phase("warm", "rate", 0), Phase("rest", "pause", 0), Phase("rush", "spike", 3)] };
        Summary.Write(Look.Console(writer, redirected: true), result, null, details: true);
        var lines = Lines(writer);
        var head = Array.FindIndex(lines, line => line.StartsWith("Phase ", StringComparison.Ordinal));
        Assert.Equal(
            [
                "Phase          planned   succeeded   failed   dropped   retries   total p50 ms   p99 ms",
                "warm (rate)        100         100        0         0         5          0.002    0.004",
                "rush (spike)       100          97        3         0         5          0.002    0.004   reset 3",
            ],
            lines[head..(head + 3)]);
    }

    private static PhaseCounts Phase(string name, string shape, int failed) => new PhaseCounts(new PhaseName(name, shape), 0, Results.Snapshot(1)) with
    {
        Connections = new ConnectionCounts(100, 100, 100 - failed, failed, 0, 0),
        AttemptFailures = failed > 0 ? new Dictionary<string, long> { ["reset"] = failed } : new Dictionary<string, long>(),
    };

    private static string[] Piped(RunResult result, string? directory)
    {
        var writer = new StringWriter();
        Summary.Write(Look.Console(writer, redirected: true), result, directory);
        return Lines(writer);
    }

    private static string[] Lines(StringWriter writer)
    {
        var text = writer.ToString();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }
}
