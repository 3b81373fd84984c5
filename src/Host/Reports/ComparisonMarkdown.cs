using System.Text;
using ActorLoad.Diagnosis;
using static ActorLoad.Hosting.Reports.MarkdownText;

namespace ActorLoad.Hosting.Reports;

/// <summary>A comparison as Markdown, for a pull request.</summary>
internal static class ComparisonMarkdown
{
    /// <summary>The text; it ends with a line break.</summary>
    public static string Of(ComparisonReport report)
    {
        var text = new StringBuilder();
        foreach (var condition in report.Conditions)
        {
            text.Append($"- {(condition.Fails ? "**fails**" : "ok")}: {Code(condition.Condition.Expression)} in {Code(condition.Run)}: ")
                .Append($"{Plain(condition.Found)}\n");
        }

        foreach (var comparison in report.Comparisons)
        {
            Add(text, comparison);
        }

        return text.ToString().TrimStart('\n');
    }

    private static void Add(StringBuilder text, Comparison comparison)
    {
        var (@base, other) = (comparison.Base, comparison.Other);
        text.Append($"\n### {Plain(other.Source)} against {Plain(@base.Source)}\n\n{Plain(ComparisonReport.Sum(comparison))}\n");
        if (comparison.Comparability.Remarks.Count > 0)
        {
            text.Append($"\nThey differ in: {Plain(string.Join("; ", comparison.Comparability.Remarks))}\n");
        }

        text.Append($"\n| metric | {Plain(@base.Source)} | {Plain(other.Source)} | difference | noise | |\n")
            .Append("|---|---:|---:|---:|---:|---|\n");
        foreach (var metric in comparison.Metrics)
        {
            var words = metric.Change is Change.Better or Change.Worse ? $"**{metric.Change.Words()}**" : metric.Change.Words();
            text.Append($"| `{metric.Metric}` | {metric.Unit.Shown(metric.Base)} | {metric.Unit.Shown(metric.Other)} ")
                .Append($"| {metric.Unit.Difference(metric.Base, metric.Other)} | {metric.Unit.Limit(metric.Limit)} | {words} |\n");
        }

        var (gone, both, added) = comparison.Findings;
        string[] lines = [.. Lines("new", added), .. Lines("in both", both), .. Lines("gone", gone)];
        if (lines.Length > 0)
        {
            text.Append($"\nFindings:\n\n{string.Concat(lines)}");
        }
    }

    private static IEnumerable<string> Lines(string when, IReadOnlyList<Finding> findings) =>
        findings.Select(finding => $"- {when}: {Code(finding.Rule)}: {Plain(finding.Sentence.TrimEnd('.'))}.\n");
}
