using System.Text.Json.Nodes;
using ActorLoad.Hosting.Runs;
using ActorLoad.Metrics;
using ActorLoad.Runs;

namespace ActorLoad.Hosting.Reports;

/// <summary>The content of <c>search.json</c>. Parts of a probe's result have the form that they have in <c>result.json</c>.</summary>
internal static class SearchJson
{
    /// <summary>Grows when a field changes its meaning.</summary>
    public const int Schema = 1;

    private static readonly string[] Kept =
    [
        "verdict", "verdictReasons", "passed", "connections", "attempts", "retries", "outcomes", "rejections", "latency", "thresholds",
        "findings",
    ];

    /// <summary>The text, without a line break at its end.</summary>
    public static string Of(SearchReport report)
    {
        var first = report.Probes.Count > 0 ? JsonNode.Parse(RunResultJson.Serialize(report.Probes[0].Result)) : null;
        return ReportJson.Text(new JsonObject
        {
            ["schemaVersion"] = Schema,
            ["of"] = report.Load.Word,
            ["phase"] = report.Load.Path,
            ["phaseName"] = report.Load.Name,
            ["start"] = report.Start,
            ["max"] = report.Most,
            ["forSeconds"] = report.Limit.TotalSeconds,
            ["end"] = report.End.Word(),
            ["problem"] = report.Problem,
            ["found"] = report.Found,
            ["confirmed"] = report.IsConfirmed,
            ["beyond"] = Beyond(report),
            ["sentences"] = new JsonArray([.. report.Sentences.Select(sentence => (JsonNode)sentence)]),
            ["target"] = first?["target"]?.DeepClone(),
            ["transport"] = first?["transport"]?.DeepClone(),
            ["configuration"] = first?["run"]?["configuration"]?.DeepClone(),
            ["probes"] = new JsonArray([.. report.Probes.Select(Probe)]),
        });
    }

    private static JsonObject? Beyond(SearchReport report) => report.Limiting is not { } limiting ? null : new JsonObject
    {
        ["value"] = limiting.Value,
        ["doubt"] = limiting.Doubt,
        ["threshold"] = limiting.Broken is [var first, ..] ? first.Expression : null,
        ["measured"] = limiting.Broken is [var broken, ..] ? broken.Measured : null,
        ["finding"] = limiting.Explanation(report.Best)?.Rule,
    };

    private static JsonNode Probe(Probe probe)
    {
        var result = JsonNode.Parse(RunResultJson.Serialize(probe.Result))!;
        var node = new JsonObject
        {
            ["number"] = probe.Number,
            ["value"] = probe.Value,
            ["purpose"] = probe.Purpose.Word(),
            ["answer"] = probe.Purpose == ProbePurpose.WarmUp ? null : probe.Answer.Word(),
            ["doubt"] = probe.Doubt,
            ["run"] = probe.Result.Run.Id,
            ["startedAt"] = probe.Result.Run.StartedAt,
            ["durationSeconds"] = probe.Result.Run.DurationSeconds,
        };
        foreach (var name in Kept)
        {
            node[name] = result[name]?.DeepClone();
        }

        return node;
    }
}
