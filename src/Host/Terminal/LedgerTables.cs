using System.Globalization;
using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The three ledgers side by side, and the latencies of steady connections meanwhile.</summary>
internal static class LedgerTables
{
    /// <summary>The tables that have content.</summary>
    public static IEnumerable<IRenderable> Of(Ledgers ledgers)
    {
        if (ledgers.Reconciliation.Count > 0)
        {
            yield return new Rows(Reconciliation(ledgers.Reconciliation), Proof(ledgers.TimeWait));
        }

        if (ledgers.Bystander is { } bystander)
        {
            yield return Bystander(bystander);
        }

        if (ledgers.Unseen.Count > 0)
        {
            yield return new Rows(ledgers.Unseen.Select(sentence => new Text($"Not seen: {sentence}", Look.Dim)));
        }
    }

    private static Table Reconciliation(IReadOnlyList<ReconciledQuantity> quantities)
    {
        var table = Look.Table("Counted by", "ActorLoad", "server", "kernel", "unexplained", "");
        table.Columns[^1].LeftAligned().NoWrap = false;
        foreach (var quantity in quantities)
        {
            table.AddRow(
                new Text(quantity.Quantity), new Text(Count(quantity.Client)), new Text(Count(quantity.Server)),
                new Text(Count(quantity.Kernel)),
                new Text(Figures.Count(quantity.Unexplained), quantity.Unexplained > 0 ? Look.Warn : Look.Plain),
                new Text(quantity.Remark, Look.Dim));
        }

        return table;
    }

    private static Paragraph Proof(TimeWaitProof proof)
    {
        var style = proof.State switch
        {
            TimeWaitJudge.Pass => Look.Good,
            TimeWaitJudge.Fail => Look.Bad,
            TimeWaitJudge.NotApplicable => Look.Plain,
            _ => Look.Warn,
        };
        var levels = proof.Before is null ? "" : $" Before {Count(proof.Before)}, peak {Count(proof.Peak)}, after {Count(proof.After)}.";
        return new Paragraph().Append("No TIME_WAIT: ").Append(proof.State.ToUpperInvariant(), style)
            .Append($". {proof.Reason.TrimEnd('.')}.{levels}");
    }

    private static Rows Bystander(BystanderLedger bystander)
    {
        var table = Look.Table("Bystander's PING in ms", "count", "p50", "p90", "p99", "max");
        Add("before the storm", bystander.Before);
        Add("during", bystander.During);
        Add("after", bystander.After);
        var errors = string.Join(", ", bystander.Errors.OrderByDescending(error => error.Value)
            .Select(error => $"{error.Key} {Figures.Count(error.Value)}"));
        var lines = new List<IRenderable>
        {
            table,
            new Text(string.Create(
                CultureInfo.InvariantCulture,
                $"{bystander.Connections} steady {(bystander.Connections == 1 ? "connection" : "connections")}, "
                + $"{bystander.RatePerSecond:0.#} {(bystander.RatePerSecond == 1 ? "PING" : "PINGs")} a second each: {bystander.Recovery}; "
                + $"worst stall {Figures.Millis(bystander.WorstStallMicros)} ms, {bystander.Unanswered} unanswered.")),
        };
        if (errors.Length > 0)
        {
            lines.Add(new Text($"Bystanders' errors: {errors}", Look.Warn));
        }

        return new Rows(lines);

        void Add(string when, LatencySummary? latency)
        {
            if (latency is not null)
            {
                table.Add(
                    Look.Plain, when, Figures.Count(latency.Count), Figures.Millis(latency.P50), Figures.Millis(latency.P90),
                    Figures.Millis(latency.P99),
                    Figures.Millis(latency.Max));
            }
        }
    }

    private static string Count(long? count) => count is { } number ? Figures.Count(number) : "-";
}
