using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLoad.Actors.Tests.Diagnosis;
using ActorLoad.Actors.Tests.Metrics;
using ActorLoad.Configuration.Thresholds;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class RunResultJsonSpecs
{
    private static readonly RunResult Result = new RunResult
    {
        SchemaVersion = 1,
        Run = new RunInfo(
            "20260101T000000Z-abcdef", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 20.5,
            new JsonObject { ["load"] = new JsonArray(8_000) }),
        Verdict = Verdict.GeneratorLimited,
        VerdictReasons = ["5 connections were dropped"],
        Target = new TargetInfo(["embedded"], ["127.0.0.1:6379"]),
        Transport = new TransportInfo("io-uring", 1, "auto") { FullQueues = 3, Overflows = 4 },
        Connections = Snapshots.Totals.Connections,
        Attempts = 8_010,
        Retries = 15,
        Outcomes = Outcomes.All.ToDictionary(Outcomes.Name, outcome => (long)outcome),
        AttemptFailures = Snapshots.Totals.AttemptFailures,
        Rejections = Snapshots.Totals.Rejections,
        Latency = Snapshots.Totals.Latency,
        FailedLatency = Snapshots.Totals.FailedLatency,
        Bursts = [new BurstResult(0, "storm", 0.1, 8_000, 7_995, 5, 7_970, 10, 3, 120, 45_000, 1.25)],
        Samples = [Snapshots.Sample],
        Thresholds = [
            new ThresholdResult("total.p99 < 250ms", 250_000, false, null) { Metric = "total.p99", Limit = "< 250ms", Unit = MetricUnit.Micros, EndedRunAt = 12 },
            new ThresholdResult("setup.p99 < 1s", null, false, "never measured"),
        ],
        Passed = false,
        Generator = Snapshots.Totals.Generator,
        Ledgers = Healthy.Evidence.Ledgers with
        {
            Servers = [Healthy.Server with { ProcessId = 77, OpenFilesHard = 20_000 }],
            Bystander = new BystanderLedger(3, 20, null, Healthy.Latency(400, 5_000), null, 9_000, null, "did not recover in 10 s",
                new Dictionary<string, long> { ["reset"] = 1 }, 4, null),
            Reconciliation = [new ReconciledQuantity("drops", 4, null, 5, 1, "perhaps")],
            Unseen = ["INFO was refused"],
        },
        Findings =
        [
            new Finding("maxclients", Severity.Error, "16 were turned away", new Dictionary<string, double> { ["said"] = 16 },
                [new Remedy("maxclients", null, "20000", RemedyHost.Server, "redis-cli config set maxclients 20000")]),
        ],
    };

    [Fact]
    public void A_result_has_the_members_of_the_contract()
    {
        var json = JsonNode.Parse(RunResultJson.Serialize(Result))!.AsObject();

        Assert.Equal(
            ["schemaVersion", "run", "verdict", "verdictReasons", "target", "transport", "connections", "attempts", "retries", "outcomes",
             "attemptFailures", "rejections", "latency", "failedLatency", "bursts", "samples", "thresholds", "passed", "generator", "established", "answered", "cut",
             "ledgers", "endpoints", "phases", "fleets", "findings"],
            Keys(json));
        Assert.Equal(["id", "startedAt", "durationSeconds", "configuration"], Keys(json["run"]));
        Assert.Equal(["planned", "opened", "succeeded", "failed", "dropped", "cancelled"], Keys(json["connections"]));
        Assert.Equal(["fullQueues", "kind", "loops", "overflows", "reason"], Keys(json["transport"]).Order(StringComparer.Ordinal));
        Assert.Equal(["connect", "first-reply", "total"], Keys(json["latency"]));
        Assert.Equal(["count", "min", "mean", "p50", "p90", "p99", "p999", "max"], Keys(json["latency"]!["first-reply"]));
        Assert.Superset(
            new HashSet<string> { "index", "dueAt", "planned", "succeeded", "failed", "startSkewMicros", "durationSeconds" },
            Keys(json["bursts"]![0]).ToHashSet());
        Assert.Superset(
            new HashSet<string> { "cpuMicrosPerConnection", "peakRssBytes", "bytesPerOpenConnection", "gcPauseMillis" },
            Keys(json["generator"]).ToHashSet());
        Assert.Equal("generator-limited", (string?)json["verdict"]);
        Assert.Equal(["expression", "measured", "met", "note", "metric", "limit", "unit", "endedRunAt"], Keys(json["thresholds"]![0]));
        Assert.Equal("micros", (string?)json["thresholds"]![0]!["unit"]);
        Assert.Equal(["expression", "measured", "met", "note"], Keys(json["thresholds"]![1]));
        Assert.Equal(Outcomes.All.Select(Outcomes.Name), Keys(json["outcomes"]));
    }

    [Fact]
    public void A_result_survives_being_written_and_read()
    {
        var text = RunResultJson.Serialize(Result);
        var read = RunResultJson.Parse(text);

        Assert.Equal(text, RunResultJson.Serialize(read));
        Assert.Equivalent(Result with { Run = read.Run }, read, strict: true);
        Assert.Equal(Result.Run with { Configuration = read.Run.Configuration }, read.Run);
        Assert.True(JsonNode.DeepEquals(Result.Run.Configuration, read.Run.Configuration));
    }

    [Fact]
    public void Ledgers_and_findings_survive_being_written_and_read()
    {
        var json = JsonNode.Parse(RunResultJson.Serialize(Result))!.AsObject();

        Assert.Equal(["client", "servers", "kernel", "bystander", "reconciliation", "timeWait", "unseen"], Keys(json["ledgers"]));
        var server = json["ledgers"]!["servers"]![0]!;
        Assert.Equal((77, 20_000), ((int?)server["processId"], (int?)server["openFilesHard"]));
        Assert.Equal(["rule", "severity", "sentence", "numbers", "remedies", "explains"], Keys(json["findings"]![0]));
        Assert.Equal(("error", "server"), ((string?)json["findings"]![0]!["severity"], (string?)json["findings"]![0]!["remedies"]![0]!["host"]));
        Assert.Equal(["quantity", "client", "server", "kernel", "unexplained", "remark"], Keys(json["ledgers"]!["reconciliation"]![0]));
    }

    [Fact]
    public void Result_of_an_older_version_is_read_without_ledgers_and_findings()
    {
        var json = JsonNode.Parse(RunResultJson.Serialize(Result))!.AsObject();
        Assert.True(json.Remove("ledgers") && json.Remove("findings"));

        var read = RunResultJson.Parse(json.ToJsonString());

        Assert.Null(read.Ledgers);
        Assert.Empty(read.Findings);
    }

    [Fact]
    public void Result_is_indented_and_does_not_escape_operators()
    {
        var text = RunResultJson.Serialize(Result);

        Assert.Contains("\n  \"run\": {\n", text, StringComparison.Ordinal);
        Assert.Contains("\"total.p99 < 250ms\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_is_one_line_and_survives_being_written_and_read()
    {
        var line = RunResultJson.Serialize(Snapshots.Totals);

        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\r', line);
        Assert.Equivalent(Snapshots.Totals, RunResultJson.ParseSnapshot(line), strict: true);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Number_that_JSON_cannot_write_becomes_null_and_the_rest_is_kept(double odd)
    {
        var line = RunResultJson.Serialize(Snapshots.Totals with
        {
            ElapsedSeconds = odd,
            Generator = Snapshots.Totals.Generator with { CpuMicrosPerConnection = odd },
        });

        Assert.Null(JsonNode.Parse(line)!["generator"]!["cpuMicrosPerConnection"]);
        var read = RunResultJson.ParseSnapshot(line);
        Assert.Equal((double.NaN, 8_010), (read.Generator.CpuMicrosPerConnection, read.Attempts));

        var result = RunResultJson.Serialize(Result with { Thresholds = [new ThresholdResult("x", odd, false, null)] });
        Assert.Null(RunResultJson.Parse(result).Thresholds[0].Measured);
    }

    [Theory]
    [InlineData("valid", Verdict.Valid)]
    [InlineData("generator-limited", Verdict.GeneratorLimited)]
    [InlineData("aborted", Verdict.Aborted)]
    [InlineData("interrupted", Verdict.Interrupted)]
    public void Verdicts_are_written_as_words(string word, Verdict verdict)
    {
        var text = RunResultJson.Serialize(Result with { Verdict = verdict });

        Assert.Contains($"\"verdict\": \"{word}\"", text, StringComparison.Ordinal);
        Assert.Equal(verdict, RunResultJson.Parse(text).Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"runId\":\"a\",\"elapsedSec")]
    public void Text_that_is_not_a_result_is_refused(string text)
    {
        Assert.ThrowsAny<JsonException>(() => RunResultJson.Parse(text));
        Assert.ThrowsAny<JsonException>(() => RunResultJson.ParseSnapshot(text));
    }

    [Fact]
    public void A_line_that_was_cut_short_anywhere_is_refused()
    {
        var line = RunResultJson.Serialize(Snapshots.Totals);

        Assert.All(
            Enumerable.Range(0, line.Length),
            length => Assert.ThrowsAny<JsonException>(() => RunResultJson.ParseSnapshot(line[..length])));
    }

    private static IEnumerable<string> Keys(JsonNode? json) => json!.AsObject().Select(pair => pair.Key);
}
