using System.Text.Json.Nodes;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Journal;
using ActorLoad.Hosting.Reports;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Tests.Journal;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Hosting.Tests.Reports;

public sealed class SearchReportSpecs
{
    private static readonly SearchedLoad _load = new(SearchOf.Connections, "load.0", "herd", 100, 19_000, "connection.max-open", IsOneBurst: true);
    private static readonly Finding _queue = Finding("accept-queue-overflow", "The server's accept queue overflowed", new Remedy("tcp-backlog", "511", "4096", RemedyHost.Server, ""));
    private static readonly Finding _busy = Finding("server-busy", "The server was busy");

    [Fact]
    public void Sentences_name_the_value_the_broken_threshold_and_its_cause()
    {
        var report = Report(3200, 3300, [Passed(1, 3200, _busy), Failed(2, 3300, _busy, _queue), Passed(3, 3200, _busy)]);
        Assert.Equal(
            [
                "3,200 connections in one burst, confirmed by a second probe",
                "At 3,300, `rejected == 0` breaks first: it is 12; `success-ratio >= 0.999` breaks with it",
                "accept-queue-overflow (tcp-backlog 511): The server's accept queue overflowed",
            ],
            report.Sentences);
        Assert.Equal(0, ExitCodes.For(report));
    }

    [Fact]
    public void Threshold_that_ended_the_run_broke_first()
    {
        var failed = Failed(2, 200);
        var aborted = failed with
        {
            Result = failed.Result with
            {
                Thresholds = [failed.Result.Thresholds[0], failed.Result.Thresholds[1] with { EndedRunAt = 2.5 }],
            },
        };
        Assert.Equal("success-ratio >= 0.999", aborted.Broken[0].Expression);
    }

    [Fact]
    public void Finding_of_the_value_found_explains_only_where_there_is_no_other()
    {
        Assert.Equal("accept-queue-overflow", Failed(2, 200, _busy, _queue).Explanation(Passed(1, 100, _busy))?.Rule);
        Assert.Equal("server-busy", Failed(2, 200, _busy).Explanation(Passed(1, 100, _busy))?.Rule);
        Assert.Equal("server-busy", Failed(2, 200, Finding(Diagnostician.GeneratorLimited, "short of CPU"), _busy).Explanation(null)?.Rule);
        Assert.Null(Passed(1, 100, _busy).Explanation(null));
        Assert.Null(Failed(2, 200, _busy with { Severity = Severity.Info }).Explanation(null));
    }

    [Fact]
    public void Limit_of_this_machine_is_never_told_as_the_targets()
    {
        var limited = Failed(2, 200).Result with { Verdict = Verdict.GeneratorLimited, VerdictReasons = ["ActorLoad stood still."] };
        var probe = Probe.Of(2, 200, ProbePurpose.Search, limited, allowsLimited: false);
        Assert.Equal((ProbeAnswer.Unbelieved, 0), (probe.Answer, probe.Broken.Count));
        Assert.Equal(ProbeAnswer.Failed, Probe.Of(2, 200, ProbePurpose.Search, limited, allowsLimited: true).Answer);

        Assert.Equal(
            [
                "At least 100 connections in one burst, confirmed by a second probe; beyond it this machine is the limit",
                "At 200, the figures cannot be believed: ActorLoad stood still",
            ],
            Report(100, 200, [Passed(1, 100), probe]).Sentences);
    }

    [Fact]
    public void Storm_that_was_not_carried_out_whole_passes_nothing()
    {
        var result = Passed(1, 100).Result;
        var part = result with { Connections = result.Connections with { Dropped = 3 }, Endpoints = [] };
        Assert.Equal(ProbeAnswer.Unbelieved, Probe.Of(1, 100, ProbePurpose.Search, part, allowsLimited: true).Answer);
        Assert.Equal(ProbeAnswer.Failed, Probe.Of(1, 100, ProbePurpose.Search, part with { Passed = false }, allowsLimited: true).Answer);
    }

    [Theory]
    [InlineData(null, null, SearchEnd.TimeUp, 3, "No probe has ended, so nothing was found", "The search was not done after 10 min (--for)")]
    [InlineData(null, 1, SearchEnd.Done, 3, "Nothing was found: even 1 connection in one burst fails", null)]
    [InlineData(null, 50, SearchEnd.Interrupted, 130, "Nothing was found yet: 50 connections in one burst fails", "The search was stopped before it was done")]
    [InlineData(100, null, SearchEnd.Interrupted, 130, "At least 100 connections in one burst, confirmed by a second probe", "The search was stopped before it was done")]
    [InlineData(100, 150, SearchEnd.TimeUp, 0, "At least 100 connections in one burst, confirmed by a second probe", "The search was not done after 10 min (--for)")]
    [InlineData(100, 150, SearchEnd.Aborted, 4, "At least 100 connections in one burst, confirmed by a second probe", "The search was given up: it is down")]
    [InlineData(19_000, null, SearchEnd.Done, 0,
        "At least 19,000 connections in one burst: that is the highest value that was allowed (connection.max-open), confirmed by a second probe", null)]
    [InlineData(400, null, SearchEnd.Done, 0,
        "At least 400 connections in one burst: that is the highest value that was allowed (--max), confirmed by a second probe", null)]
    public void Early_end_is_told_with_what_was_found(int? found, int? beyond, object end, int code, string first, string? second)
    {
        var report = Report(found, beyond, []) with
        {
            Most = Math.Max(400, found ?? 0),
            End = (SearchEnd)end,
            Problem = end is SearchEnd.Aborted ? "it is down" : null,
        };
        Assert.Equal(new[] { first, second }.OfType<string>(), report.Sentences);
        Assert.Equal(code, ExitCodes.For(report));
    }

    [Fact]
    public void Table_shows_the_curve_by_value_with_the_broken_threshold_first()
    {
        var text = new StringWriter();
        SearchTable.Write(
            Look.Console(text, redirected: true), Report(100, 200, [Passed(1, 100), Failed(2, 200, _queue), Passed(3, 150), Passed(4, 100)]));
        var rows = text.ToString().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        Assert.Equal(
            [
                "connections answer rejected == 0 success-ratio >= 0.999 finding", "100 passed 0 1", "100 passed 0 1", "150 passed 0 1",
                "200 FAILED 12 0.9 accept-queue-overflow", "",
            ],
            rows[..6]);
        Assert.Equal("100 connections in one burst, confirmed by a second probe.", rows[6]);
    }

    [Fact]
    public void File_holds_each_probe_and_the_answer_after_each_write()
    {
        using var files = new TemporaryDirectory();
        var running = Report(null, null, []) with { End = SearchEnd.Running };
        using var file = SearchFile.Create(files["out"], running);
        Assert.Equal("running", Stored()["end"]!.GetValue<string>());

        file.Write(Report(100, 200, [Passed(0, 50) with { Purpose = ProbePurpose.WarmUp }, Passed(1, 100), Failed(2, 200, _queue)]));
        var root = Stored();
        Assert.Equal((100, true, "done"), (root["found"]!.GetValue<int>(), root["confirmed"]!.GetValue<bool>(), root["end"]!.GetValue<string>()));
        Assert.Equal(
            ("200", "rejected == 0", "12", "accept-queue-overflow"),
            ($"{root["beyond"]!["value"]}", $"{root["beyond"]!["threshold"]}", $"{root["beyond"]!["measured"]}", $"{root["beyond"]!["finding"]}"));
        Assert.Equal(
            ["warm-up 50 ", "search 100 passed", "search 200 failed"],
            root["probes"]!.AsArray().Select(probe => $"{probe!["purpose"]} {probe["value"]} {probe["answer"]}"));
        Assert.Equal("tcp-backlog", $"{root["probes"]![2]!["findings"]![0]!["remedies"]![0]!["key"]}");
        Assert.Throws<IOException>(() => SearchFile.Create(files["out"], running));

        JsonNode Stored() => JsonNode.Parse(File.ReadAllText(files[$"out/{SearchFile.Name}"]))!;
    }

    private static SearchReport Report(int? found, int? beyond, IReadOnlyList<Probe> probes) =>
        new(_load, 100, 400, TimeSpan.FromMinutes(10), probes, found, beyond, true, SearchEnd.Done, null);

    private static Probe Passed(int number, int value, params Finding[] findings) => Of(number, value, 0, 1, findings);

    private static Probe Failed(int number, int value, params Finding[] findings) => Of(number, value, 12, 0.9, findings);

    private static Probe Of(int number, int value, double rejected, double ratio, Finding[] findings) => Probe.Of(
        number, value, ProbePurpose.Search, Results.Of(Verdict.Valid) with
        {
            Thresholds =
            [
                new ThresholdResult("rejected == 0", rejected, rejected == 0, null) { Metric = "rejected", Limit = "== 0", Unit = MetricUnit.Count },
                new ThresholdResult("success-ratio >= 0.999", ratio, ratio >= 0.999, null) { Metric = "success-ratio", Limit = ">= 0.999", Unit = MetricUnit.Ratio },
            ],
            Passed = rejected == 0,
            Findings = findings,
        },
        allowsLimited: false);

    private static Finding Finding(string rule, string sentence, params Remedy[] remedies) =>
        new(rule, Severity.Error, sentence, new Dictionary<string, double>(), remedies);
}
