using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorLoad.Configuration;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

/// <summary>The report of a run, from its directory.</summary>
public sealed partial class RunReportSpecs : IDisposable
{
    private const int MostBytes = 1_500_000;
    private const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`${3}{{4}}&lt;\u202e]]>";

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Finished_run_shows_its_figures_and_has_its_charts()
    {
        var html = await ReportAsync(Written(Results.Of(Verdict.Valid), Results.Snapshot(1), Results.Snapshot(2)));
        Assert.Contains("127.0.0.1:6379", html, StringComparison.Ordinal);
        Assert.Contains("the figures can be believed", html, StringComparison.Ordinal);
        var starts = Chart(html, "starts");
        Assert.Equal([0, 1, 2], starts.GetProperty("at").EnumerateArray().Select(at => at.GetDouble()));
        Assert.Equal([100, 100, 100], starts.GetProperty("traces")[0].GetProperty("y").EnumerateArray().Select(rate => rate.GetDouble()));
        Assert.Equal(["succeeded", "reset", "cancelled"], Names(Chart(html, "endings")));
    }

    [Fact]
    public async Task Killed_run_has_a_report_of_its_finished_intervals()
    {
        var directory = Written(null, Results.Snapshot(1), Results.Snapshot(2));
        File.AppendAllText(Path.Combine(directory, RunJournal.SamplesFile), "{\"runId\":\"20261122-2259");
        var run = RunView.Read(directory);
        Assert.Equal((Verdict.Interrupted, 2), (run.Result.Verdict, run.Samples.Count));
        Assert.Contains("There is no result.json: the run was killed", await ReportFile.HtmlAsync(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_without_one_finished_interval_has_a_report()
    {
        var html = await ReportAsync(Written(null));
        Assert.Contains("interrupted", html, StringComparison.Ordinal);
        Assert.Contains("No connection has ended yet", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_words_become_neither_markup_nor_script()
    {
        var names = new TargetInfo([Hostile], [Hostile]);
        var result = Results.Of(Verdict.Aborted) with
        {
            Run = Results.Of(Verdict.Valid).Run with { Configuration = new() { [Hostile] = Hostile } },
            VerdictReasons = [Hostile],
            Target = names,
            Rejections = new Dictionary<string, long> { [Hostile] = 3 },
            Bursts = [new BurstResult(0, Hostile, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1) { Fleet = Hostile }],
            Findings =
            [
                new Finding(Hostile, Severity.Error, Hostile, new Dictionary<string, double>(), [new Remedy(Hostile, Hostile, Hostile, RemedyHost.Run, Hostile)]),
            ],
            Endpoints = [EndpointCounts.Of(new EndpointName(Hostile, Hostile), Results.Snapshot(1)) with { GivenUp = Hostile }],
            Thresholds = [new(Hostile, 1, false, Hostile)],
        };
        var html = await ReportAsync(Written(result, Results.Snapshot(1)));
        var clean = await ReportAsync(Written(Results.Of(Verdict.Aborted), Results.Snapshot(1)));
        Assert.DoesNotContain("alert(1)</script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', html);
        Assert.Equal(Tags(clean, "script"), Tags(html, "script"));
        Assert.Contains("&lt;/script&gt;", html, StringComparison.Ordinal);
        using var charts = Charts(html);
    }

    [Fact]
    public async Task Policy_of_the_file_forbids_networks_and_inline_code()
    {
        var html = await ReportAsync(Written(Results.Of(Verdict.Valid), Results.Snapshot(1)));
        var policy = PolicyOf().Match(html).Groups[1].Value;
        Assert.StartsWith("default-src &#x27;none&#x27;; script-src &#x27;sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        var markup = Markup(html);
        Assert.DoesNotContain(" style=", markup, StringComparison.Ordinal);
        Assert.DoesNotMatch(" on[a-z]+=", markup);
        Assert.DoesNotMatch("(src|href)=\"(?!#)", markup);
    }

    [Fact]
    public async Task Long_run_with_many_of_everything_stays_small()
    {
        var directory = Written(Large(), [.. Enumerable.Range(1, 10_000).Select(at => Results.Snapshot(at))]);
        var bytes = Encoding.UTF8.GetByteCount(await ReportAsync(directory));
        Assert.InRange(bytes, 1_000_000, MostBytes);
    }

    [Theory]
    [InlineData("nowhere", "no such file or directory")]
    [InlineData("empty", "holds neither result.json nor run.json; name the directory that --out wrote")]
    [InlineData("foreign", "run.json: is not the header of a run")]
    [InlineData("truncated", "result.json:1: is not whole")]
    [InlineData("newer", "schemaVersion: is 99, and this ActorLoad reads 3")]
    public async Task Directory_that_is_no_run_is_refused(string kind, string problem)
    {
        Directory.CreateDirectory(_files["empty"]);
        _files.Write("foreign/run.json", "{\"name\":\"of another program\"}");
        _files.Write("truncated/result.json", "{\"schemaVersion\":3,\"run\"");
        _files.Write("newer/result.json", "{\"schemaVersion\":99}");
        var ended = await ActorLoadHere.RunAsync(["report", _files[kind]]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(problem, ended.Stderr, StringComparison.Ordinal);
        Assert.Empty(ended.Stdout);
        Assert.False(File.Exists(Path.Combine(_files[kind], RunJournal.ReportFile)));
    }

    [Fact]
    public async Task Report_that_cannot_be_written_names_its_file()
    {
        var ended = await ActorLoadHere.RunAsync(["report", Written(Results.Of(Verdict.Valid)), "--out", _files["no/such/folder.html"]]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains($"the report cannot be written to {_files["no/such/folder.html"]}", ended.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_writes_beside_the_results_and_says_where()
    {
        var directory = Written(Results.Of(Verdict.Valid), Results.Snapshot(1));
        var ended = await ActorLoadHere.RunAsync(["report", directory]);
        Assert.Equal((0, Path.Combine(directory, RunJournal.ReportFile) + Environment.NewLine), (ended.ExitCode, ended.Stdout));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(Path.Combine(directory, RunJournal.ReportFile)), StringComparison.Ordinal);
    }

    private static RunResult Large()
    {
        var result = Results.Of(Verdict.Valid);
        return result with
        {
            Bursts =
            [
                .. Enumerable.Range(0, 10_000).Select(index => new BurstResult(index, $"phase {index % 50}", index, 8_000, 8_000, 0, 7_990, 10, 0, 400, 90_000, 0.9)),
            ],
            Endpoints =
            [
                .. Enumerable.Range(0, 2_000).Select(index => EndpointCounts.Of(new EndpointName($"node-{index}.example:6379", $"10.0.0.{index}:6379"), Results.Snapshot(1))),
            ],
            Rejections = Enumerable.Range(0, 500).ToDictionary(index => $"ERR{index} max number of clients reached", index => (long)index),
        };
    }

    private static Task<string> ReportAsync(string directory) => ReportFile.HtmlAsync(RunView.Read(directory));

    private string Written(RunResult? result, params RunSnapshot[] snapshots)
    {
        var directory = _files[Guid.NewGuid().ToString("N")];
        using var journal = RunJournal.Create(directory, Results.Header);
        File.WriteAllLines(Path.Combine(directory, "lines"), snapshots.Select(RunResultJson.Serialize));
        journal.Dispose();
        File.Move(Path.Combine(directory, "lines"), Path.Combine(directory, RunJournal.SamplesFile), overwrite: true);
        if (result is not null)
        {
            File.WriteAllText(Path.Combine(directory, RunJournal.ResultFile), RunResultJson.Serialize(result));
        }

        return directory;
    }

    private static int Tags(string html, string name) => Regex.Count(html, $"<{name}[ >]");

    private static string Markup(string html) => Scripts().Replace(html, "");

    private static JsonDocument Charts(string html) => JsonDocument.Parse(ChartData().Match(html).Groups[1].Value);

    private static JsonElement Chart(string html, string id)
    {
        using var charts = Charts(html);
        return charts.RootElement.GetProperty("charts").EnumerateArray().Single(chart => chart.GetProperty("id").GetString() == id).Clone();
    }

    private static IEnumerable<string?> Names(JsonElement chart) =>
        chart.GetProperty("traces").EnumerateArray().Select(trace => trace.GetProperty("name").GetString());

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"")]
    private static partial Regex PolicyOf();

    [GeneratedRegex("<(script|style)[^>]*>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("id=\"chart-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ChartData();
}
