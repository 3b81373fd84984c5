using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Reports.Charts;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
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
        var random = new Random(1);
        var times = Enumerable.Range(1, 300).Select(at => new IntervalTimes(at - 1, at,
            [.. Steps.All.SelectMany(step => new[] { Times(step, false, random), Times(step, true, random) })]));
        File.WriteAllText(
            Path.Combine(directory, RunJournal.HistogramsFile), HistogramLog.Preamble(Results.Header) + string.Concat(times.Select(HistogramLog.Lines)));
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

    [Fact]
    public async Task Heaps_of_connect_times_are_named_with_their_share()
    {
        var directory = Written(Results.Of(Verdict.Valid), Results.Snapshot(1));
        Histograms(directory, [.. Enumerable.Repeat(500L, 90), .. Enumerable.Repeat(1_000_600L, 7), .. Enumerable.Repeat(3_000_700L, 3)]);
        var html = await ReportAsync(directory);
        Assert.Contains("7 times of connect (7 %) took about 1 s: the kernel sent the SYN again", html, StringComparison.Ordinal);
        Assert.Contains("3 times of connect (3 %) took about 3 s: ", html, StringComparison.Ordinal);
        var connects = Chart(html, "connects");
        Assert.Equal(100, connects.GetProperty("traces")[0].GetProperty("y").EnumerateArray().Sum(count => count.GetInt64()));
        Assert.Equal(
            ["0.2 s", "0.4 s", "0.8 s", "1 s", "2 s", "3 s", "4 s"], connects.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("label").GetString()));
        // A histogram knows three digits.
        Assert.InRange(Chart(html, "spectrum").GetProperty("traces")[0].GetProperty("y").EnumerateArray().Max(millis => millis.GetDouble()), 3_000, 3_003);
    }

    [Fact]
    public async Task Steps_over_time_keep_failures_apart_from_successes()
    {
        var directory = Written(Results.Of(Verdict.Valid), Results.Snapshot(1));
        Histograms(directory, [2_000]);
        var html = await ReportAsync(directory);
        Assert.Equal("connect", Assert.Single(Names(Chart(html, "steps")).Distinct()));
        Assert.Equal("total", Assert.Single(Names(Chart(html, "failed-steps")).Distinct()));
    }

    [Fact]
    public async Task Recovery_of_bystanders_is_marked_after_the_last_burst()
    {
        var times = new LatencySummary(100, 50, 80, 70, 90, 120, 150, 160);
        var result = Results.Of(Verdict.Valid) with
        {
            Bursts = [new BurstResult(0, "storm", 1, 100, 100, 0, 100, 0, 0, 1, 1, 0.5)],
            Ledgers = new Ledgers(
                new ClientLedger(1, 1, 1, 1, new Dictionary<string, long>(), new Dictionary<string, long>()), [], null,
                new BystanderLedger(2, 20, times, times with { P99 = 9_000 }, times, 9_000, 0.75, "recovered 0.8 s after the storm", new Dictionary<string, long>(), 0, null),
                [], new TimeWaitProof("pass", "nothing is left", 1, 1, 0, 0, 0), []),
        };
        var html = await ReportAsync(Written(result, Results.Snapshot(1)));
        Assert.Contains("Recovered 0.8 s after the storm.", html, StringComparison.Ordinal);
        var line = Assert.Single(Chart(html, "bystanders").GetProperty("lines").EnumerateArray());
        Assert.Equal((2.25, "recovered"), (line.GetProperty("at").GetDouble(), line.GetProperty("label").GetString()));
    }

    [Fact]
    public void Every_outcome_has_its_colour_in_both_schemes_and_a_chip()
    {
        var styles = ReportAssets.Styles.Text;
        Assert.All(Outcomes.All.Select(outcome => outcome.Name()).Append("dropped"), name =>
        {
            Assert.Equal(2, Regex.Count(styles, $"--{name}: #"));
            Assert.Contains($".c-{name} {{", styles, StringComparison.Ordinal);
        });
        var looks = Outcomes.All.Select(outcome => (Regex.Match(styles, $"--{outcome.Name()}: (#[0-9a-f]*)").Value.Split(' ')[1], Colours.Pattern(outcome)));
        Assert.Equal(Outcomes.All.Count, looks.Distinct().Count());
    }

    [Fact]
    public async Task Large_tables_keep_the_worst_rows_and_say_so()
    {
        var large = Large();
        var worst = large.Bursts[7_654] with { Failed = 7_777, Succeeded = 223 };
        var html = await ReportAsync(Written(large with { Bursts = [.. large.Bursts.Select(burst => burst.Index == worst.Index ? worst : burst)] }, Results.Snapshot(1)));
        Assert.Contains("<td class=\"number is-off\" data-value=\"7777\">7,777</td>", html, StringComparison.Ordinal);
        Assert.Contains("Of 10,000 bursts, these 150 have the most failures", html, StringComparison.Ordinal);
        Assert.Contains("Of 2,000, these 80 have the most failures", html, StringComparison.Ordinal);
        Assert.Contains("These are the 30 most frequent of 500.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_that_fails_after_a_run_is_one_sentence_on_stderr()
    {
        Directory.CreateDirectory(_files["empty"]);
        var ended = await ActorLoadHere.CarryOutAsync("report", async () =>
        {
            await ReportCommand.WriteAfterRunAsync(_files["empty"]);
            return 0;
        });
        Assert.Equal(
            $"actorload: report.html could not be made: {_files["empty"]}: holds neither result.json nor run.json; name the directory that --out wrote\n",
            ended.Stderr);
    }

    private static StepTimes Times(Step step, bool isOfFailures, Random random)
    {
        var histogram = new LatencyHistogram();
        for (var count = 0; count < 20; count++)
        {
            histogram.Record(random.NextInt64(1, 5_000_000));
        }

        return new StepTimes(step, isOfFailures, histogram.Summarize()!, HistogramCodec.Encode(histogram));
    }

    private static void Histograms(string directory, long[] micros) => File.WriteAllText(
        Path.Combine(directory, RunJournal.HistogramsFile), HistogramLog.Preamble(Results.Header) + HistogramLog.Lines(Results.Timed(1, micros).Times!));

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
