using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The parts of the live view.</summary>
internal static class LivePanels
{
    private const int BarWidth = 40;
    private const int ClientBarWidth = 16;
    private const int MostThresholds = 8;

    // The steps that a client waits for, in the order of its life; recovery only after a cut.
    private static readonly string[] Steps =
        [.. new[] { Step.Connect, Step.FirstReply, Step.Total, Step.Recovery }.Select(step => step.Name())];

    /// <summary>A bar, the burst and the time.</summary>
    public static IRenderable Progress(RunSnapshot last, Profile profile)
    {
        var (full, empty) = profile.Capabilities.Unicode ? ('━', '─') : ('#', '.');
        var done = (int)Math.Round(Math.Clamp(last.Progress.Fraction, 0, 1) * BarWidth);
        return new Paragraph()
            .Append(new string(full, done), Look.Good)
            .Append(new string(empty, BarWidth - done), Look.Dim)
            .Append($"  {last.Progress.Phase}: {LineView.Place(last.Progress)} · {Figures.Seconds(last.ElapsedSeconds)}");
    }

    /// <summary>The present state, and the sum so far.</summary>
    public static IRenderable Counts(RunSnapshot last, Rates? rates)
    {
        var counts = last.Connections;
        var now = new Paragraph()
            .Append("open ").Append(Figures.Count(last.Open), Look.Strong)
            .Append("   started ").Append(PerSecond(rates?.Started), Look.Strong)
            .Append("   ended ").Append(PerSecond(rates?.Ended), Look.Strong)
            .Append("   retries ").Append(Figures.Count(last.Retries), last.Retries > 0 ? Look.Warn : Look.Strong)
            .Append("   cut ").Append(Figures.Count(last.Cut), last.Cut > 0 ? Look.Warn : Look.Strong)
            .Append("   dropped ").Append(Figures.Count(counts.Dropped), counts.Dropped > 0 ? Look.Bad : Look.Strong);
        var sum = new Text(
            $"{Figures.Count(counts.Uses)} {(counts.Reused is null ? "opened" : "uses")} = "
            + $"{Figures.Count(counts.Succeeded)} succeeded + {Figures.Count(counts.Failed)} failed"
            + (counts.Cancelled > 0 ? $" + {Figures.Count(counts.Cancelled)} cancelled" : "") + $" + {Figures.Count(counts.Open)} open");
        return new Rows(now, sum);
    }

    /// <summary>Percentiles since the start of the run.</summary>
    public static IRenderable Latencies(RunSnapshot last)
    {
        var table = Look.Table("ms", "p50", "p90", "p99", "max");
        foreach (var step in Steps)
        {
            if (last.Latency.TryGetValue(step, out var latency) && latency.Count > 0)
            {
                table.Add(
                    Look.Plain, step, Figures.Millis(latency.P50), Figures.Millis(latency.P90), Figures.Millis(latency.P99),
                    Figures.Millis(latency.Max));
            }
        }

        return table;
    }

    /// <summary>The clients: open ones by their present state, then ended ones by their outcome.</summary>
    public static IRenderable Clients(RunSnapshot last)
    {
        var table = Look.Table("clients", "", "");
        table.Columns[2].LeftAligned();
        var all = Math.Max(1, last.Connections.Uses);
        Row("connected", last.Connected, Look.Good);
        Row("connecting", last.Open - last.Connected - last.Waiting, Look.Plain);
        Row("waiting to retry", last.Waiting, Look.Warn);
        foreach (var (name, count) in last.Outcomes.OrderByDescending(outcome => outcome.Value))
        {
            Row(name, count, name == Outcome.Succeeded.Name() ? Look.Good : Look.Warn);
        }

        return table;

        void Row(string name, long count, Style style)
        {
            if (count > 0)
            {
                table.AddRow(new Text(name), new Text(Figures.Count(count)),
                    new Text(new string('|', (int)Math.Ceiling((double)count / all * ClientBarWidth)), style));
            }
        }
    }

    /// <summary>The present value of each threshold, and its limit. Some are known at the end only.</summary>
    public static IRenderable Thresholds(RunSnapshot last, IReadOnlyList<Threshold> thresholds)
    {
        var table = Look.Table("threshold", "now", "limit");
        table.Columns[2].LeftAligned();
        var all = thresholds.Select(threshold => (Threshold: threshold, Now: ThresholdWords.Of(threshold, last)));
        foreach (var (threshold, now) in (thresholds.Count > MostThresholds ? all.OrderByDescending(each => each.Now.Fails) : all)
            .Take(MostThresholds))
        {
            table.AddRow(
                new Text(ForeignText.Shown(threshold.Name)), new Text(now.Value, now.Fails ? Look.Bad : Look.Plain),
                new Text(threshold.Limit));
        }

        return thresholds.Count <= MostThresholds ? table
            : new Rows(table, new Text($"and {thresholds.Count - MostThresholds} more", Look.Dim));
    }

    private static string PerSecond(double? rate) => rate is { } known ? $"{Figures.Count((long)Math.Round(known))}/s" : "-";
}
