using System.Text.Json;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public class ComparisonSpecs
{
    private static readonly RunResult _base = ComparedRuns.Run(ComparedRuns.Around(1_000, 1));
    private static readonly RunResult _slower = ComparedRuns.Run(ComparedRuns.Around(2_000, 2));

    [Fact]
    public void Metrics_have_their_direction_in_words()
    {
        var lossy = ComparedRuns.Run(ComparedRuns.Around(1_000, 3), [.. Enumerable.Range(0, ComparedRuns.Bursts).Select(index => 10L + (index % 3))]);
        Assert.Equal(Change.Worse, Of(_base, _slower, "connect.p99"));
        Assert.Equal(Change.Better, Of(_slower, _base, "connect.p99"));
        Assert.Equal(Change.WithinNoise, Of(_base, lossy, "connect.p99"));
        Assert.Equal(Change.Worse, Of(_base, lossy, "success-ratio"));
        Assert.Equal(Change.Worse, Of(_base, lossy, "succeeded"));
        Assert.Equal(Change.Worse, Of(_base, lossy, "failed"));
        Assert.Equal(Change.Worse, Of(_base, lossy, "reset"));
        Assert.Equal(Change.Better, Of(lossy, _base, "success-ratio"));
        Assert.Equal(Change.Same, Of(_base, lossy, "planned"));
        Assert.Equal(Change.Same, Of(_base, lossy, "script.p99"));
    }

    [Fact]
    public void Metric_of_whole_runs_alone_is_neither_better_nor_worse()
    {
        var other = _base with
        {
            Generator = _base.Generator with { CpuMicrosPerConnection = 700 },
            Latency = new Dictionary<string, LatencySummary>(_base.Latency) { ["script"] = new(2_000, 10, 900, 900, 900, 900, 900, 900) },
        };
        Assert.Equal((Change.NoEstimate, Change.NoEstimate), (Of(_base, other, "cpu"), Of(_base, other, "script.p99")));
    }

    [Fact]
    public void Incomparable_runs_keep_their_figures_and_get_no_words()
    {
        var limited = ComparedRuns.Compare(_base, _slower with { Verdict = Verdict.GeneratorLimited });
        Assert.Equal(["verdict valid -> generator-limited"], limited.Comparability.Obstacles.Select(each => $"{each}"));
        Assert.All(limited.Metrics, metric => Assert.Equal((Change.None, null), (metric.Change, metric.Noise)));
        Assert.Equal(_slower.Latency["connect"].P99, limited.Metrics.Single(metric => metric.Metric == "connect.p99").Other);
        Assert.Equal("not comparable: verdict valid -> generator-limited", ComparisonReport.Sum(limited));
    }

    [Fact]
    public void Findings_are_told_by_when_they_were_found()
    {
        var comparison = ComparedRuns.Compare(
            _base with { Findings = [Finding("gone"), Finding("both")] }, _slower with { Findings = [Finding("both"), Finding("new")] });
        var (gone, both, added) = comparison.Findings;
        Assert.Equal(["gone", "both", "new"], [.. gone.Concat(both).Concat(added).Select(finding => finding.Rule)]);
    }

    [Fact]
    public void Table_fits_80_columns_and_names_each_run()
    {
        var writer = new StringWriter();
        var console = Look.Console(writer, redirected: true);
        console.Profile.Width = 80;
        ComparisonTables.Write(console, Report());
        var lines = writer.ToString().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains(lines, line => line.StartsWith("A  results/base: valid, ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("C against A: nothing is better or worse, ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("connect.p99 ", StringComparison.Ordinal) && line.EndsWith("worse", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("FAILS --fail-if \"connect.p99 > +10%\" in new|er", StringComparison.Ordinal));
        Assert.Contains("ok --fail-if \"connect.p99 > +10%\" in same: 0", lines);
    }

    [Fact]
    public void Json_has_each_number_and_word()
    {
        using var json = JsonDocument.Parse(ComparisonJson.Of(Report()));
        var comparison = json.RootElement.GetProperty("comparisons")[0];
        var metric = comparison.GetProperty("metrics").EnumerateArray().Single(each => each.GetProperty("metric").GetString() == "connect.p99");
        Assert.True(comparison.GetProperty("comparable").GetBoolean());
        Assert.Equal(("worse", "micros", true), (Text(metric, "change"), Text(metric, "unit"), metric.GetProperty("noiseIsRelative").GetBoolean()));
        Assert.Equal(_slower.Latency["connect"].P99, metric.GetProperty("other").GetInt64());
        Assert.InRange(metric.GetProperty("noise").GetDouble(), 0.01, 0.5);
        Assert.Equal([true, false], json.RootElement.GetProperty("failIf").EnumerateArray().Select(each => each.GetProperty("fails").GetBoolean()));
    }

    [Fact]
    public void Markdown_is_one_table_for_each_run_with_foreign_text_escaped()
    {
        var lines = ComparisonMarkdown.Of(Report()).Split('\n');
        Assert.Equal(2, lines.Count(line => line == "|---|---:|---:|---:|---:|---|"));
        Assert.Contains("| metric | results/base | new\\|er | difference | noise | |", lines);
        Assert.All(
            lines.Where(line => line.StartsWith('|')),
            line => Assert.Equal(7, line.Replace("\\|", "", StringComparison.Ordinal).Count(character => character == '|')));
        Assert.Contains(lines, line => line.StartsWith("| `connect.p99` | ", StringComparison.Ordinal) && line.EndsWith("| **worse** |", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("- **fails**: `connect.p99 > +10%` in `new|er`: +", StringComparison.Ordinal));
        Assert.Contains("- new: `rule`: a server said \\<b>\\*this\\*\\</b>.", lines);
    }

    private static ComparisonReport Report()
    {
        Assert.True(FailIf.TryParse("connect.p99>+10%", out var condition, out _, out _));
        return ComparisonReport.Of(
            ComparedRuns.Stored(_base, "results/base"),
            [ComparedRuns.Stored(_slower with { Findings = [Finding("rule")] }, "new|er"), ComparedRuns.Stored(_base, "same")], [condition]);
    }

    private static Finding Finding(string rule) => new(rule, Severity.Error, "a server said <b>*this*</b>", new Dictionary<string, double>(), []);

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private static Change Of(RunResult @base, RunResult other, string metric) =>
        ComparedRuns.Compare(@base, other).Metrics.Single(each => each.Metric == metric).Change;
}
