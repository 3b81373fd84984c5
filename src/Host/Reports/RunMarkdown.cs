using System.Text;
using ActorLoad.Hosting.Terminal;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using static ActorLoad.Hosting.Reports.MarkdownText;

namespace ActorLoad.Hosting.Reports;

/// <summary>The end of a run as Markdown, for a pull request or the summary of a job.</summary>
internal static class RunMarkdown
{
    /// <summary>The text; it ends with a line break.</summary>
    public static string Of(RunProtocol.RunEnded ended)
    {
        if (ended.Result is not { } result)
        {
            return $"### The run did not begin\n\n{Plain(ended.Error ?? "unknown")}\n";
        }

        var text = new StringBuilder();
        text.Append($"### {Plain(Headline.Of(result, int.MaxValue).Text)}\n\n{Plain(SummaryLines.Run(result, int.MaxValue))}\n");
        List(text, result.VerdictReasons.Select(Plain));
        Thresholds(text, result);
        Connections(text, result);
        Latencies(text, result);
        Ledgers(text, result);
        Findings(text, result);
        return text.ToString();
    }

    private static void Thresholds(StringBuilder text, RunResult result) => Table(
        text, ["threshold", "value", ""], "|---|---:|---|", result.Thresholds.Select(threshold => new[]
        {
            CodeInCell(threshold.Expression), Plain(threshold.Value),
            (threshold.Met ? "passed" : "**failed**") + (threshold.Note is { } note ? $": {Plain(note)}" : ""),
        }));

    private static void Connections(StringBuilder text, RunResult result)
    {
        var counts = result.Connections;
        Table(text, ["planned", "opened", "succeeded", "failed", "cancelled", "dropped", "retries"], "|---:|---:|---:|---:|---:|---:|---:|",
        [
            [.. new[] { counts.Planned, counts.Opened, counts.Succeeded, counts.Failed, counts.Cancelled, counts.Dropped, result.Retries }
                .Select(Figures.Count)],
        ]);
        List(text,
        [
            .. Listed("Did not succeed", result.Outcomes.Where(outcome => outcome.Key != Outcome.Succeeded.Name())),
            .. Listed("Servers said", result.Rejections),
        ]);
    }

    private static void Latencies(StringBuilder text, RunResult result) => Table(
        text, ["ms", "count", "p50", "p90", "p99", "p99.9", "max"], "|---|---:|---:|---:|---:|---:|---:|",
        [.. result.Latency.Select(step => Row(step.Key, step.Value)),
            .. result.FailedLatency.Select(step => Row($"{step.Key} (failed)", step.Value))]);

    private static string[] Row(string step, LatencySummary times) =>
    [
        step, Figures.Count(times.Count), Figures.Millis(times.P50), Figures.Millis(times.P90), Figures.Millis(times.P99),
        Figures.Millis(times.P999), Figures.Millis(times.Max),
    ];

    private static void Ledgers(StringBuilder text, RunResult result)
    {
        if (result.Ledgers is not { } ledgers)
        {
            return;
        }

        Table(text, ["counted by", "ActorLoad", "server", "kernel", "unexplained"], "|---|---:|---:|---:|---:|",
            ledgers.Reconciliation.Select(row => new[]
            {
                Plain(row.Quantity), Count(row.Client), Count(row.Server), Count(row.Kernel),
                row.Unexplained > 0 ? $"**{Figures.Count(row.Unexplained)}**" : "0",
            }));
        List(text, [$"No TIME\\_WAIT: {ledgers.TimeWait.State}. {Plain(ledgers.TimeWait.Reason.TrimEnd('.'))}."]);
    }

    private static void Findings(StringBuilder text, RunResult result) => List(
        text, result.Findings.Select(finding =>
            $"**{FindingList.Word(finding.Severity)}** {Code(finding.Rule)}: {Plain(finding.Sentence.TrimEnd('.'))}."
            + string.Concat(finding.Remedies.Select(remedy => $"\n  - {Plain(FindingList.Words(remedy))}: {Code(remedy.Command)}"))));

    private static IEnumerable<string> Listed(string head, IEnumerable<KeyValuePair<string, long>> counts) =>
        SummaryLines.Listed(counts) is { Length: > 0 } list ? [$"{head}: {Plain(list)}"] : [];

    private static void List(StringBuilder text, IEnumerable<string> items)
    {
        var list = string.Concat(items.Select(item => $"- {item}\n"));
        text.Append(list.Length > 0 ? $"\n{list}" : "");
    }

    private static void Table(StringBuilder text, string[] columns, string alignment, IEnumerable<string[]> rows)
    {
        var lines = string.Concat(rows.Select(row => $"| {string.Join(" | ", row)} |\n"));
        text.Append(lines.Length > 0 ? $"\n| {string.Join(" | ", columns)} |\n{alignment}\n{lines}" : "");
    }

    private static string Count(long? count) => count is { } number ? Figures.Count(number) : "-";
}
