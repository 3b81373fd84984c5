using System.Text.Json;
using ActorLoad.Hosting.Journal;
using ActorLoad.Peers.Processes;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

/// <summary>Two real runs against the embedded server, compared in every way.</summary>
public sealed class CompareCommandSpecs(CompareCommandSpecs.TwoRuns runs) : IClassFixture<CompareCommandSpecs.TwoRuns>, IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Table_shows_both_runs_side_by_side()
    {
        var lines = (await CompareAsync(0, runs.A, runs.B)).Stdout.Split('\n');
        Assert.StartsWith($"A  {runs.A}: valid, embedded", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"B  {runs.B}: valid, embedded", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("B against A: ", StringComparison.Ordinal));
        var row = lines.Single(line => line.StartsWith("planned ", StringComparison.Ordinal));
        Assert.Equal(["planned", "160", "160", "0", "-", "same"], row.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Json_has_the_numbers_of_both_files()
    {
        var (a, b) = (Result(runs.A), Result(runs.B));
        using var json = JsonDocument.Parse((await CompareAsync(0, runs.A, Path.Combine(runs.B, RunJournal.ResultFile), "--json")).Stdout);
        Assert.Equal(a.Run.Id, json.RootElement.GetProperty("base").GetProperty("id").GetString());
        var metrics = json.RootElement.GetProperty("comparisons")[0].GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("metric").GetString()!);
        Assert.Equal(
            (a.Latency["connect"].P99, b.Latency["connect"].P99),
            (metrics["connect.p99"].GetProperty("base").GetInt64(), metrics["connect.p99"].GetProperty("other").GetInt64()));
        Assert.Equal("no-estimate", metrics["cpu"].GetProperty("change").GetString());
        Assert.Equal(JsonValueKind.Number, metrics["burst-duration"].GetProperty("noise").ValueKind);
    }

    [Fact]
    public async Task Markdown_has_a_row_for_each_metric()
    {
        var printed = (await CompareAsync(0, runs.A, runs.B, "--markdown")).Stdout;
        Assert.StartsWith("### ", printed, StringComparison.Ordinal);
        foreach (var step in new[] { "start-lag", "connect", "first-reply", "script", "total" })
        {
            Assert.Contains($"\n| `{step}.p99` | ", printed, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Report_has_both_runs_in_each_chart_and_the_differences()
    {
        var file = _files["compared.html"];
        await CompareAsync(0, runs.A, runs.B, "--report", file);
        var html = File.ReadAllText(file);
        Assert.Contains("B against A", html, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">connect.p99</th>", html, StringComparison.Ordinal);
        var charts = JsonDocument.Parse(html[(html.IndexOf("id=\"chart-data\">", StringComparison.Ordinal) + 16)..].Split("</script>")[0]).RootElement
            .GetProperty("charts").EnumerateArray().ToDictionary(chart => chart.GetProperty("id").GetString()!);
        foreach (var id in new[] { "starts", "failures", "open", "connects" })
        {
            Assert.Equal(["A", "B"], charts[id].GetProperty("traces").EnumerateArray().Select(trace => trace.GetProperty("name").GetString()));
        }
    }

    [Fact]
    public async Task Report_that_cannot_be_written_is_named()
    {
        var ended = await CompareAsync(2, runs.A, runs.B, "--report", _files["no/folder.html"]);
        Assert.Contains($"the report cannot be written to {_files["no/folder.html"]}", ended.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("planned > 0", 0, "ok --fail-if \"planned > 0\"")]
    [InlineData("planned >= 0%", 3, "FAILS --fail-if \"planned >= 0%\"")]
    [InlineData("recovery.p99 > +10%", 3, "not measured in ")]
    public async Task Exit_code_follows_the_condition(string condition, int code, string said) => Assert.Contains(
        said, (await CompareAsync(code, runs.A, runs.B, "--fail-if", condition)).Stdout, StringComparison.Ordinal);

    [Fact]
    public async Task Condition_fails_when_the_runs_are_not_comparable()
    {
        var aborted = _files.Write("result.json", RunResultJson.Serialize(Result(runs.B) with { Verdict = Verdict.Aborted }));
        var printed = (await CompareAsync(3, runs.A, aborted, "--fail-if", "planned > 0")).Stdout;
        Assert.Contains("B and A are not comparable: ", printed, StringComparison.Ordinal);
        Assert.Contains("\n  verdict valid -> aborted\n", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("worse", printed, StringComparison.Ordinal);
        await CompareAsync(0, runs.A, aborted);
    }

    [Fact]
    public async Task All_bad_input_is_named_at_once()
    {
        var json = File.ReadAllText(Path.Combine(runs.A, RunJournal.ResultFile));
        var half = _files.Write("half.json", json[..(json.Length / 2)]);
        var old = _files.Write("old.json", json.Replace($"\"schemaVersion\": {RunResult.PresentSchema}", "\"schemaVersion\": 1", StringComparison.Ordinal));
        var odd = _files.Write("odd.json", json.Replace("\"planned\": 160", "\"planned\": \"many\"", StringComparison.Ordinal));
        _files.Write("killed/run.json", "{}");
        Directory.CreateDirectory(_files["empty"]);
        var refused = await CompareAsync(
            2, runs.A, half, old, odd, _files["killed"], _files["empty"], _files["gone"],
            "--fail-if", "conect.p99 > +10%", "--fail-if", "connect.p99 > much");
        Assert.Equal("", refused.Stdout);
        var errors = refused.Stderr.TrimEnd().Split('\n');
        Assert.Equal(
            [
                $"{half}:{json[..(json.Length / 2)].Split('\n').Length}: is not whole: it is half-written or damaged; run it again, or copy the file again",
                $"{old}: schemaVersion: is 1, and this ActorLoad reads {RunResult.PresentSchema}; make both runs with one version of ActorLoad",
                $"{odd}: connections.planned: is missing, or not what a result holds there; run it again, or copy the file again",
                $"{_files["killed"]}: has no result.json: its run still goes on, or its process was killed; wait for its end, or run it again",
                $"{_files["empty"]}: holds no result.json; name the directory that --out wrote, or the result.json in it",
                $"{_files["gone"]}: no such file or directory; name the directory that --out wrote, or the result.json in it",
                "--fail-if: conect.p99: unknown metric; did you mean \"connect.p99\"?",
            ],
            errors[..^1]);
        Assert.StartsWith("--fail-if: \"much\" is not a change of connect.p99; it takes ", errors[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name two results or more")]
    [InlineData("exclude each other", "again", "--json", "--markdown")]
    [InlineData("unknown option '--markdwn'; did you mean '--markdown'?", "again", "--markdwn")]
    public async Task Command_line_that_compares_nothing_is_refused(string named, params string[] args)
    {
        string[] rest = [.. args.Select(arg => arg == "again" ? runs.A : arg)];
        Assert.Contains(named, (await CompareAsync(2, [runs.A, .. rest])).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_is_compared_with_its_baseline_after_its_summary()
    {
        var run = await ActorLoadProcess.RunAsync([.. TwoRuns.Run, "--baseline", runs.A, "--fail-if", "planned >= 0%", "--out", _files["new"]]);
        var printed = run.Expect(3).Stdout;
        var summary = printed.IndexOf("160 planned = 160 succeeded", StringComparison.Ordinal);
        var comparison = printed.IndexOf($"\nA  {runs.A}: valid", StringComparison.Ordinal);
        Assert.True(summary > 0 && comparison > summary, printed);
        Assert.Contains("\nB  this run: ", printed, StringComparison.Ordinal);
        Assert.Equal(160, Result(_files["new"]).Connections.Succeeded);
    }

    [Fact]
    public async Task Json_of_a_run_with_a_baseline_is_the_result_alone()
    {
        var run = (await ActorLoadHere.RunAsync([.. TwoRuns.Run, "--json", "--baseline", runs.A])).Expect();
        Assert.Equal(160, RunResultJson.Parse(run.Stdout).Connections.Planned);
        Assert.Contains("B  this run: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_baseline_is_refused_before_the_run_with_the_other_errors()
    {
        var refused = (await ActorLoadHere.RunAsync(
            [.. TwoRuns.Run, "--set", "seed=x", "--baseline", _files["gone"], "--fail-if", "cpuu > 1%", "--out", _files["out"]])).Expect(2);
        var errors = refused.Stderr.TrimEnd().Split('\n');
        Assert.StartsWith($"{_files["gone"]}: no such file or directory; ", errors[0], StringComparison.Ordinal);
        Assert.Equal("--fail-if: cpuu: unknown metric; did you mean \"cpu\"?", errors[1]);
        Assert.StartsWith("--set: seed: ", errors[2], StringComparison.Ordinal);
        Assert.Equal((3, false), (errors.Length, Directory.Exists(_files["out"])));
        refused = (await ActorLoadHere.RunAsync([.. TwoRuns.Run, "--fail-if", "cpu > 1%"])).Expect(2);
        Assert.Equal("--fail-if: there is nothing to compare the run with; add --baseline DIR\n", refused.Stderr);
    }

    private static async Task<ProcessResult> CompareAsync(int code, params string[] args) =>
        (await ActorLoadHere.RunAsync(["compare", .. args])).Expect(code);

    private static RunResult Result(string directory) => RunResultJson.Parse(File.ReadAllText(Path.Combine(directory, RunJournal.ResultFile)));

    /// <summary>Two runs of the same file.</summary>
    public sealed class TwoRuns : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryDirectory _files = new();

        /// <summary>Eight bursts of 20 connections, an interval each.</summary>
        public static string[] Run { get; } =
        [
            "run", "--quiet", "--set", "load=[{connections=20,gap=100ms,count=8,pacing=fixed}]", "--set", "metrics.interval=100ms",
            "--set", "connection.hold=0s", "--set", "thresholds=[]",
        ];

        public string A => _files["a"];

        public string B => _files["b"];

        public async Task InitializeAsync()
        {
            foreach (var directory in new[] { A, B })
            {
                (await ActorLoadHere.RunAsync([.. Run, "--out", directory])).Expect();

                // A busy machine makes a run generator-limited, and the specs are about runs that can be believed.
                var believed = Result(directory) with { Verdict = Verdict.Valid, Findings = [] };
                File.WriteAllText(Path.Combine(directory, RunJournal.ResultFile), RunResultJson.Serialize(believed));
            }
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _files.Dispose();
    }
}
