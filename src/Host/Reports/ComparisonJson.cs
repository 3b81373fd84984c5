using System.Text.Json.Nodes;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Reports;

/// <summary>A comparison as JSON: numbers in the units of <c>result.json</c>.</summary>
internal static class ComparisonJson
{
    /// <summary>The text, without a line break at its end.</summary>
    public static string Of(ComparisonReport report)
    {
        return ReportJson.Text(new JsonObject
        {
            ["base"] = Run(report.Base),
            ["comparisons"] = List(report.Comparisons, Comparison),
            ["failIf"] = List(report.Conditions, Condition),
        });
    }

    private static JsonObject Comparison(Comparison comparison)
    {
        var (gone, both, added) = comparison.Findings;
        return new JsonObject
        {
            ["run"] = Run(comparison.Other),
            ["comparable"] = comparison.Comparability.IsComparable,
            ["obstacles"] = List(comparison.Comparability.Obstacles, Difference),
            ["remarks"] = List(comparison.Comparability.Remarks, Difference),
            ["metrics"] = List(comparison.Metrics, Metric),
            ["findings"] = new JsonObject
            {
                ["new"] = Rules(added),
                ["both"] = Rules(both),
                ["gone"] = Rules(gone),
            },
        };
    }

    private static JsonObject Run(StoredResult stored) => new()
    {
        ["source"] = stored.Source,
        ["id"] = stored.Result.Run.Id,
        ["startedAt"] = stored.Result.Run.StartedAt,
        ["verdict"] = StoredResult.Name(stored.Result.Verdict),
    };

    private static JsonObject Difference(Difference difference) => new()
    {
        ["key"] = difference.Key,
        ["base"] = difference.Base,
        ["other"] = difference.Other,
    };

    private static JsonObject Metric(ComparedMetric metric) => new()
    {
        ["metric"] = metric.Metric,
        ["unit"] = metric.Unit.Word(),
        ["base"] = metric.Base,
        ["other"] = metric.Other,
        ["noise"] = metric.Limit,
        ["noiseIsRelative"] = metric.Noise?.IsRelative,
        ["change"] = metric.Change == Change.None ? null : metric.Change.Word(),
    };

    private static JsonObject Condition(FailIfResult result) => new()
    {
        ["expression"] = result.Condition.Expression,
        ["run"] = result.Run,
        ["base"] = result.Base,
        ["other"] = result.Other,
        ["fails"] = result.Fails,
        ["note"] = result.Note.Length == 0 ? null : result.Note,
    };

    private static JsonArray Rules(IReadOnlyList<Finding> findings) => [.. findings.Select(finding => (JsonNode)finding.Rule)];

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonObject> shape) => [.. items.Select(shape)];
}
