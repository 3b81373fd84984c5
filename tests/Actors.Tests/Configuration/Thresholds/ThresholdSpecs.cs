using ActorLoad.Actors.Tests.Docs;
using ActorLoad.Actors.Tests.Metrics;
using ActorLoad.Actors.Tests.Runs;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Configuration.Thresholds;

public class ThresholdSpecs
{
    [Theory]
    [InlineData("planned == 8000", 8_000, true)]
    [InlineData("opened > 7995", 7_995, false)]
    [InlineData("opened >= 7995", 7_995, true)]
    [InlineData("succeeded<7970", 7_970, false)]
    [InlineData("succeeded <= 7970", 7_970, true)]
    [InlineData("failed == 10", 10, true)]
    [InlineData("dropped == 0", 5, false)]
    [InlineData("attempts <= 8010", 8_010, true)]
    [InlineData("retries < 15", 15, false)]
    [InlineData("refused == 10", 10, true)]
    [InlineData("cancelled == 3", 3, true)]
    [InlineData("protocol-error == 0", 0, true)]
    [InlineData("connect.min >= 40micros", 40, true)]
    [InlineData("connect.mean < 0.5ms", 512.3, false)]
    [InlineData("connect.p50 <= 300 micros", 300, true)]
    [InlineData("first-reply.p90 < 1.2ms", 1_200, false)]
    [InlineData("total.p99 < 1s", 250_000, true)]
    [InlineData("total.p999 < 1s", 900_001, true)]
    [InlineData("total.max < 1s", 1_000_447, false)]
    [InlineData("total.count == 7990", 7_990, true)]
    [InlineData("failed-latency.total.p90 < 1.2ms", 1_200, false)]
    [InlineData("attempt-failures == 25", 25, true)]
    [InlineData("attempt-failures.refused < 25", 25, false)]
    [InlineData("attempt-failures.reset == 0", 0, true)]
    [InlineData("duration <= 3.001s", 3_001_000, true)]
    [InlineData("generator.cpu-micros-per-connection <= 51.2", 51.3, false)]
    [InlineData("generator.peak-rss <= 165 MiB", 170_000_000, true)]
    [InlineData("generator.bytes-per-open-connection < 8192", 5_120, true)]
    [InlineData("generator.gc-pause < 3ms", 3_250, false)]
    [InlineData("generator.peak-open == 7995", 7_995, true)]
    [InlineData("endpoints.\"db.example:6379\".connect.p99 < 1s", 250_000, true)]
    [InlineData("endpoints . 'db.example:6379' . refused == 10", 10, true)]
    public void Threshold_judges_the_number_that_it_names(string text, double measured, bool met)
    {
        var result = Judge(text, Snapshots.Totals);

        Assert.Equal((Parse(text).Expression, measured, met, null), (result.Expression, result.Measured, result.Met, result.Note));
        Assert.Equal($"{result.Metric} {result.Limit}", result.Expression);
    }

    [Theory]
    [InlineData("findings == 3", 3)]
    [InlineData("findings.server-cpu == 2", 2)]
    [InlineData("findings.line-loss == 0", 0)]
    [InlineData("unexplained == 4", 4)]
    [InlineData("time-wait == 0", 0)]
    [InlineData("bystander.p99 < 1s", 250_000)]
    [InlineData("bystander.before.min < 1s", 40)]
    [InlineData("bystander.worst-stall < 1s", 9_000)]
    [InlineData("bystander.recovery <= 1.5s", 1_500_000)]
    [InlineData("bystander.errors == 1", 1)]
    [InlineData("bystander.unanswered <= 6", 6)]
    [InlineData("bursts.start-lag.max < 1s", 30)]
    [InlineData("bursts.start-skew.mean < 1s", 6)]
    [InlineData("bursts.duration.min <= 2s", 2_000_000)]
    [InlineData("duration == 12.5s", 12_500_000)]
    public void Number_that_only_the_end_knows_is_judged_at_the_end(string text, double measured)
    {
        var threshold = Parse(text);
        var live = threshold.Judge(new RunFigures(Snapshots.Totals));
        var result = threshold.Judge(new RunFigures(Snapshots.Totals, Final));

        Assert.Equal((measured, true), (result.Measured, result.Met));
        Assert.Equal(threshold.IsLive, live.Measured is not null);
        Assert.Equal(threshold.Name == "duration", threshold.IsLive);
    }

    [Fact]
    public void Endpoint_of_several_has_its_own_numbers()
    {
        var totals = Snapshots.Totals;
        totals = totals with
        {
            Endpoints = [EndpointCounts.Of(new EndpointName("db.example:6379", "10.0.0.1:6379"), totals), EndpointCounts.Of(new EndpointName("other:1", "10.0.0.2:1"), totals) with { Retries = 99 }],
        };

        Assert.Equal(15, Judge("endpoints.\"db.example:6379\".retries == 0", totals).Measured);
        Assert.Equal(99, Judge("endpoints.other:1.retries == 0", totals).Measured);
        Assert.Equal(99, Judge("endpoints.\"10.0.0.2:1\".retries == 0", totals).Measured);
    }

    [Fact]
    public void Bursts_that_the_result_does_not_keep_meet_no_threshold()
    {
        var result = Parse("bursts.start-lag.max < 1s").Judge(new RunFigures(Snapshots.Totals, Final with { Bursts = null }));

        Assert.Equal((null, false), (result.Measured, result.Met));
        Assert.NotNull(result.Note);
    }

    [Theory]
    [InlineData("success-ratio >= 0.9982", false)]
    [InlineData("success-ratio >= 0.9981", true)]
    public void Success_ratio_counts_dropped_and_neither_open_nor_cancelled_connections(string text, bool met)
    {
        var result = Judge(text, Snapshots.Totals);

        Assert.Equal(7_970.0 / (7_970 + 10 + 5), result.Measured);
        Assert.Equal(met, result.Met);
    }

    [Theory]
    [InlineData("setup.p99 < 1s", "no successful connection has a setup time")]
    [InlineData("script.p99 >= 0s", "no successful connection has a script time")]
    public void Unmeasured_threshold_is_not_met_and_says_why(string text, string note)
    {
        var result = Judge(text, Snapshots.Totals);

        Assert.Equal((text, null, false, note), (result.Expression, result.Measured, result.Met, result.Note));
        Assert.Equal("-", result.Value);
    }

    [Fact]
    public void A_run_without_connections_has_no_success_ratio()
    {
        var nothing = Snapshots.Totals with { Connections = new ConnectionCounts(0, 0, 0, 0, 0, 0) };
        var cancelled = Snapshots.Totals with { Connections = new ConnectionCounts(2, 2, 0, 0, 0, 2) };

        Assert.Null(Judge("success-ratio >= 0", nothing).Measured);
        Assert.False(Judge("success-ratio >= 0", cancelled).Met);
    }

    [Theory]
    [InlineData("  total.p99<250ms ", "total.p99 < 250ms")]
    [InlineData("success-ratio  ==1", "success-ratio == 1")]
    [InlineData("endpoints.'db.example:6379'.retries<1", "endpoints.\"db.example:6379\".retries < 1")]
    [InlineData("endpoints.other:1 . retries < 1", "endpoints.other:1.retries < 1")]
    public void Threshold_expression_has_single_spaces(string text, string expression) => Assert.Equal(expression, Parse(text).Expression);

    [Theory]
    [InlineData("", "<metric> <op> <value>")]
    [InlineData(null, "<metric> <op> <value>")]
    [InlineData("success-ratio 0.9", "< <= > >= ==")]
    [InlineData("success-ratio = 0.9", "< <= > >= ==")]
    [InlineData("success-ration >= 0.9", "unknown metric \"success-ration\"; did you mean success-ratio?")]
    [InlineData("total >= 1s", "unknown metric \"total\"; known below total are min, mean, p50,")]
    [InlineData("total.p95 >= 1s", "did you mean total.p90?")]
    [InlineData("total.median >= 1s", "known below total are min, mean, p50, p90, p99, p999, max, count")]
    [InlineData("total.p99.x >= 1s", "total.p99 is a number, with nothing below it")]
    [InlineData("p99 < 1s", "unknown metric \"p99\"; known are attempt-failures, failed-latency, start-lag, connect,")]
    [InlineData("bystandr.p98 < 1s", "did you mean bystander.p90?")]
    [InlineData("finding == 0", "did you mean findings?")]
    [InlineData("findings.server-cpus == 0", "did you mean findings.server-cpu?")]
    [InlineData("endpoints.\"db.example:6378\".conect.p99 < 1s", "did you mean endpoints.\"db.example:6379\".connect.p99?")]
    [InlineData("endpoints.\"far.away:1\".retries == 0", "known below endpoints are \"db.example:6379\", other:1")]
    [InlineData("endpoints.\"db.example:6379.retries == 0", "a quote in the path of the metric is not closed")]
    [InlineData("things.web.total.p99 < 1s", "generator, bursts, findings, bystander, endpoints, success-ratio, planned,")]
    [InlineData("generator.peak-rss < 5", "a size with its unit")]
    [InlineData("generator.peak-rss < 5MB", "a size with its unit")]
    [InlineData("conect.p50 >= 1s", "did you mean connect.p50?")]
    [InlineData("success-ratio >= 99.9%", "a number from 0 to 1")]
    [InlineData("success-ratio >= 1.1", "a number from 0 to 1")]
    [InlineData("success-ratio >= -1", "a number from 0 to 1")]
    [InlineData("success-ratio >= NaN", "a number from 0 to 1")]
    [InlineData("success-ratio >=", "a number from 0 to 1")]
    [InlineData("refused <= 1.5", "a whole number")]
    [InlineData("refused <= 5ms", "a whole number")]
    [InlineData("total.p99 < 250", "micros, ms or s")]
    [InlineData("total.p99 < 250us", "micros, ms or s")]
    [InlineData("total.p99 < ms", "micros, ms or s")]
    [InlineData("total.p99 < 1s < 2s", "micros, ms or s")]
    [InlineData("total.p99 < 1,5s", "micros, ms or s")]
    public void Invalid_threshold_is_reported_with_the_allowed_forms(string? text, string problem)
    {
        Assert.False(Threshold.TryParse(text, Parts, out var threshold, out var told));
        Assert.Null(threshold);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_outcome_and_every_step_is_a_metric()
    {
        Assert.All(Outcomes.All, outcome => Parse($"{outcome.Name()} == 0"));
        Assert.All(Steps.All, step => Parse($"{step.Name()}.p99 < 1s"));
    }

    [Property(MaxTest = 500)]
    public Property Name_with_one_letter_changed_is_an_unknown_metric()
    {
        string[] names = ["success-ratio", "planned", .. Outcomes.All.Select(outcome => outcome.Name()), .. Steps.All.Select(step => $"{step.Name()}.p99")];
        var changed =
            from name in Gen.Elements(names)
            from at in Gen.Choose(0, name.Length - 1)
            from letter in Gen.Elements("abcxyz-.9".ToCharArray())
            select $"{name[..at]}{letter}{name[(at + 1)..]}";
        return Prop.ForAll(changed.Where(name => !names.Contains(name)).ToArbitrary(), name =>
        {
            Assert.False(Threshold.TryParse($"{name} < 1s", Parts, out _, out var problem));
            Assert.StartsWith($"unknown metric \"{name}\"", problem, StringComparison.Ordinal);
        });
    }

    // No text of letters alone is a threshold, so each of them is refused with what is allowed.
    [Property(MaxTest = 500)]
    public Property Text_without_an_operator_is_refused() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<string>().Where(text => text is null || text.AsSpan().IndexOfAny("<>=") < 0).ToArbitrary(), text =>
        {
            Assert.False(Threshold.TryParse(text, Parts, out var threshold, out var problem));
            Assert.Null(threshold);
            Assert.Contains("<op> is one of", problem, StringComparison.Ordinal);
        });

    [Property(MaxTest = 500)]
    public Property Text_that_is_accepted_names_a_metric_an_operator_and_a_value()
    {
        string[] words =
            ["success-ratio", "total.p99", "connect", ".", "refused", "<", "<=", "==", "=", ">", "1", "0.5", "1e9", "ms", "s", " ", "-", "é"];
        var texts = Gen.Elements(words).ArrayOf().Select(string.Concat);
        return Prop.ForAll(texts.ToArbitrary(), text =>
        {
            if (Threshold.TryParse(text, Parts, out var threshold, out _))
            {
                Assert.Matches(@"^(success-ratio (<|<=|>|==) (0|1|\.|0\.5)+|refused (<|<=|>|==) [0-9.]+|total\.p99 (<|<=|>|==) [0-9.]+ *m?s)$", threshold.Expression);
                Assert.Equal(threshold.Expression, Parse(threshold.Expression).Expression);
            }
        });
    }

    [Fact]
    public void Findings_of_every_rule_can_be_counted() =>
        Assert.Equal(DocsSpecs.FindingNames().Except(["target-check"]).Order(StringComparer.Ordinal), FindingNames.All);

    [Theory]
    [InlineData("endpoints.\"10.0.0.9:1\".retries == 0", true)]
    [InlineData("endpoints.\"10.0.0.9\".retries == 0", false)]
    public void Address_is_accepted_before_names_are_resolved(string text, bool isRight) =>
        Assert.Equal(isRight, Threshold.TryParse(text, new ThresholdParts(["db:1"], true, false, false), out _, out _));

    [Theory]
    [InlineData("phases.warm-up.success-ratio == 1", 1.0)]
    [InlineData("phases.spike.succeeded == 5", 5.0)]
    [InlineData("phases.'two words'.opened == 0", null)] // it has not begun
    public void Phase_is_judged_by_its_own_numbers(string text, double? measured)
    {
        var parts = new ThresholdParts(["db:1"], true, false, false) { Fleets = [("", ["warm-up", "spike", "two words"])] };
        Assert.True(Threshold.TryParse(text, parts, out var threshold, out var problem), problem);
        var totals = RunTotals.Succeeded(12) with
        {
            Phases =
            [
                new PhaseCounts(new PhaseName("warm-up", "bursts"), 0, RunTotals.Succeeded(7)),
                new PhaseCounts(new PhaseName("spike", "spike"), 1, RunTotals.Succeeded(5)),
            ],
        };

        Assert.Equal(measured, threshold.Judge(new RunFigures(totals)).Measured);
    }

    [Theory]
    [InlineData("fleets.web.succeeded == 7", 7)]
    [InlineData("fleets.jobs.success-ratio == 1", 1)]
    [InlineData("fleets.jobs.phases.storm.succeeded == 5", 5)]
    [InlineData("fleets.web.phases.storm.opened == 7", 7)]
    public void Fleet_is_judged_by_its_own_numbers(string text, double measured)
    {
        var parts = new ThresholdParts(["db:1"], true, false, false) { Fleets = [("web", ["storm"]), ("jobs", ["storm"])] };
        Assert.True(Threshold.TryParse(text, parts, out var threshold, out var problem), problem);
        var (web, jobs) = (RunTotals.Succeeded(7), RunTotals.Succeeded(5));
        var totals = RunTotals.Succeeded(12) with
        {
            Fleets = [new FleetCounts(new FleetName("web", 0), web), new FleetCounts(new FleetName("jobs", 1), jobs)],
            Phases =
            [
                new PhaseCounts(new PhaseName("storm", "bursts") { Fleet = "web" }, 0, web),
                new PhaseCounts(new PhaseName("storm", "bursts") { Fleet = "jobs" }, 1, jobs),
            ],
        };

        Assert.Equal(measured, threshold.Judge(new RunFigures(totals)).Measured);
    }

    [Theory]
    [InlineData("fleets.wbe.failed == 0", "web")]
    [InlineData("phases.storm.failed == 0", "2 phases are called storm")]
    public void Fleet_that_is_not_there_is_an_error(string text, string why)
    {
        var parts = new ThresholdParts(["db:1"], true, false, false) { Fleets = [("web", ["storm"]), ("jobs", ["storm"])] };

        Assert.False(Threshold.TryParse(text, parts, out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("phases.strom.failed == 0", "storm")]
    [InlineData("phases.twice.failed == 0", "2 phases are called twice: give each a name of its own")]
    public void Phase_that_is_not_one_phase_is_an_error(string text, string why)
    {
        var parts = new ThresholdParts(["db:1"], true, false, false) { Fleets = [("", ["storm", "twice", "twice"])] };

        Assert.False(Threshold.TryParse(text, parts, out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bystander.p99 < 1s", "observers.bystander.connections = 0")]
    [InlineData("fleets.web.failed == 0", "the run file has no fleets")]
    [InlineData("unexplained == 0", "observers.server and observers.kernel are off")]
    public void Path_of_a_part_that_the_run_does_not_have_says_what_is_off(string text, string why)
    {
        Assert.False(Threshold.TryParse(text, new ThresholdParts(["db:1"], true, false, false) { Fleets = [("", ["storm"])] }, out _, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    // Any name survives as a part of a path.
    [Property(MaxTest = 300)]
    public Property Quoted_name_of_any_characters_is_read_back() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => text.Get).ToArbitrary(), name =>
        {
            var path = new MetricPath(["endpoints", name, "retries"]);
            Assert.True(MetricPath.TryRead($"{path} <= 5", out var read, out var at));
            Assert.Equal(path.Names, read.Names);
            Assert.Equal("<= 5", $"{path} <= 5"[at..]);
        });

    private static ThresholdParts Parts { get; } = new(["db.example:6379", "other:1"], true, true, true);

    private static FinalFigures Final { get; } = new(
        12.5, [Burst(10, 4, 2), Burst(30, 8, 3)], new Dictionary<string, int> { ["server-cpu"] = 2, ["time-wait"] = 1 }, 4, 0,
        new BystanderLedger(3, 20, Snapshots.Latency, Snapshots.Latency, null, 9_000, 1.5, "", new Dictionary<string, long> { ["reset"] = 1 }, 6, null));

    private static BurstResult Burst(long lag, long skew, double seconds) => new(0, "storm", 0, 1, 1, 0, 1, 0, 0, lag, skew, seconds);

    private static ThresholdResult Judge(string text, RunSnapshot totals) => Parse(text).Judge(new RunFigures(totals));

    private static Threshold Parse(string text)
    {
        Assert.True(Threshold.TryParse(text, Parts, out var threshold, out var problem), problem);
        return threshold;
    }
}
