using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The sections of the short summary, each in several lengths. The causes of failures are worth most.</summary>
internal sealed class SummarySections(RunResult result, int width)
{
    private const int MostReasons = 3;

    /// <summary>All of them, in order; <paramref name="directory"/> is the directory of the run's files, null if there are none.</summary>
    public IEnumerable<PageSection> All(string? directory)
    {
        yield return One(Headline.Of(result, width));
        yield return One(PageLine.Of(width, (SummaryLines.Run(result, width), Look.Dim)));
        yield return Thresholds();
        yield return Reasons();
        yield return Sums();
        yield return Endings();
        yield return new FindingSection(width).Of(result.Findings);
        yield return Latencies();
        yield return new CountSection(width, "fleet").Of(CountRow.Of(result.Fleets), rank: 2);
        yield return new CountSection(width, "phase").Of(CountRow.Of(result.Phases), rank: 1);
        yield return new CountSection(width, "endpoint").Of(CountRow.Of(result.Endpoints));
        yield return Ledgers();
        yield return new ThresholdSection(width).Of(result);
        yield return new PageSection(Gap.Always, new PageForm(0,
        [
            .. directory is null ? Array.Empty<PageLine>() : [PageLine.Of(width, (SummaryLines.Files(directory), Look.Dim))],
            PageLine.Of(width, ("--details prints the rest, --json all of it.", Look.Dim)),
            Headline.Of(result, width),
        ]));
    }

    private static PageSection One(PageLine line) => new(Gap.None, new PageForm(0, [line]));

    private IReadOnlyList<PageLine> Folded(int rows, string text, Style? style = null) =>
        PageLine.Fold(width, rows, 2, (text, style ?? Look.Plain));

    private PageSection Thresholds()
    {
        var missed = result.Thresholds.Where(threshold => !threshold.Met)
            .Select(threshold => $"{threshold.Expression} ({threshold.Value})").ToArray();
        if (missed.Length == 0)
        {
            return PageSection.None;
        }

        (string, Style)[] words =
        [
            ("THRESHOLDS NOT MET", Look.Bad), ($" {missed.Length} of {result.Thresholds.Count}: {string.Join(", ", missed)}", Look.Plain),
        ];
        return new PageSection(Gap.None, new PageForm(70, PageLine.Fold(width, 2, 2, words)),
            new PageForm(0, PageLine.Fold(width, 1, 2, words)));
    }

    /// <summary>Why the figures cannot be believed; for a valid run, what is worth knowing.</summary>
    private PageSection Reasons()
    {
        var reasons = result.VerdictReasons;
        var isValid = result.Verdict == Verdict.Valid;
        var forms = Enumerable.Range(1, Math.Min(MostReasons, reasons.Count)).Reverse()
            .Select(count => new PageForm(isValid ? 30 : 60, [.. reasons.Take(count).SelectMany(reason => Folded(2, $"- {reason}"))]));
        var last = reasons.Count > 0 ? Folded(1, $"- {reasons[0]}") : [];
        return new PageSection(
            Gap.None, [.. forms, new PageForm(isValid ? 40 : 0, last), .. isValid ? [new PageForm(0, [])] : Array.Empty<PageForm>()]);
    }

    private PageSection Sums()
    {
        var sums = SummaryLines.Sums(result);
        return new PageSection(Gap.Always, new PageForm(45, [.. sums.SelectMany(sum => Folded(2, sum))]),
            new PageForm(0, Folded(2, sums[0])));
    }

    /// <summary>The outcomes other than success, and the servers' errors.</summary>
    private PageSection Endings()
    {
        var endings = SummaryLines.Listed(result.Outcomes.Where(outcome => outcome.Key != Outcome.Succeeded.Name()));
        var attempts = result.Retries > 0 ? SummaryLines.Listed(result.AttemptFailures) : "";
        var words = SummaryLines.Listed(result.Rejections);
        var closes = SummaryLines.Listed(result.Closes ?? new Dictionary<string, long>());
        var tls = SummaryLines.Listed(result.Tls?.Failures ?? new Dictionary<string, long>());
        return new PageSection(
            Gap.None, new PageForm(33, [.. Ended(2), .. Of("Attempts that failed", attempts, 2, Look.Plain), .. Said(2), .. Closed(2)]),
            new PageForm(48, [.. Ended(2), .. Said(2), .. Closed(1)]),
            new PageForm(75, [.. Ended(1), .. Said(1)]), new PageForm(0, Ended(1)));

        IReadOnlyList<PageLine> Ended(int rows) => Of("Did not succeed", endings, rows, Look.Warn);
        IReadOnlyList<PageLine> Closed(int rows) => Of(SummaryLines.Closes, closes, rows, Look.Plain);
        IReadOnlyList<PageLine> Said(int rows) =>
            [.. Of("Servers said", words, rows, Look.Warn), .. Of("TLS", tls, rows, Look.Warn)];
        IReadOnlyList<PageLine> Of(string what, string listed, int rows, Style style) =>
            listed.Length > 0 ? Folded(rows, $"{what}: {listed}", style) : [];
    }

    private PageSection Latencies()
    {
        var rows = new LatencyRows(width, result);
        var all = rows.Of(["connect", "tls", "setup", "first-reply", "total", "recovery"], isFailed: true);

        // After a cut, the time without service matters most.
        var few = rows.Of([result.Latency.ContainsKey("recovery") ? "recovery" : "first-reply", "total"], isFailed: false);
        return all.Count == 0 ? PageSection.None
            : new PageSection(Gap.IfRoom, new PageForm(35, all), new PageForm(50, few), new PageForm(0, []));
    }

    /// <summary>The counts of server and kernel, the proof of no TIME_WAIT, and the bystander, a row each.</summary>
    private PageSection Ledgers()
    {
        if (result.Ledgers is not { } ledgers)
        {
            return PageSection.None;
        }

        var open = ledgers.Reconciliation.Where(row => row.Unexplained > 0)
            .Select(row => $"{row.Quantity} {Figures.Count(row.Unexplained)}").ToArray();
        var isFailed = ledgers.TimeWait.State == TimeWaitJudge.Fail;
        IReadOnlyList<PageLine> counts = ledgers.Reconciliation.Count == 0 ? []
            : open.Length == 0 ? [PageLine.Of(width, ("Counts of server and kernel: nothing is unexplained.", Look.Plain))]
            : [PageLine.Of(width, ("Counts of server and kernel, unexplained: ", Look.Warn), (string.Join(", ", open), Look.Plain))];
        IReadOnlyList<PageLine> proof = ledgers.Reconciliation.Count == 0 && !isFailed ? []
            :
            [
                PageLine.Of(
                    width, ("No TIME_WAIT: ", Look.Plain), (ledgers.TimeWait.State.ToUpperInvariant(), isFailed ? Look.Bad : Look.Good),
                    ($". {ledgers.TimeWait.Reason}", Look.Dim)),
            ];
        IReadOnlyList<PageLine> bystander = ledgers.Bystander is { } felt
            ? [PageLine.Of(width, ($"Bystander's PING: {Felt(felt)}", Look.Plain))] : [];
        IReadOnlyList<PageLine> unseen = ledgers.Unseen.Count switch
        {
            0 => [],
            1 => [PageLine.Of(width, ($"Not seen: {ledgers.Unseen[0]}", Look.Dim))],
            var many => [PageLine.Of(width, ($"Not seen, 1 of {many}: {ledgers.Unseen[0]}", Look.Dim))],
        };
        return new PageSection(
            Gap.IfRoom, new PageForm(10, [.. counts, .. proof, .. bystander, .. unseen]),
            new PageForm(15, [.. counts, .. proof, .. bystander]),
            new PageForm(isFailed ? 49 : 25, [.. proof, .. bystander]), new PageForm(0, []));
    }

    private static string Felt(BystanderLedger bystander)
    {
        var times = new[] { ("before", bystander.Before), ("during", bystander.During), ("after", bystander.After) }
            .Where(time => time.Item2 is not null).Select(time => $"{Figures.Millis(time.Item2!.P99)} ms {time.Item1}");
        return $"p99 {string.Join(", ", times)}; {bystander.Recovery}";
    }
}
