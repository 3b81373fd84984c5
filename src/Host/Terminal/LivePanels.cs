using ActorLoad.Metrics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The parts of the live view.</summary>
internal static class LivePanels
{
    private const int BarWidth = 40;
    private const int OutcomeBarWidth = 16;

    /// <summary>A bar, the burst and the time.</summary>
    public static IRenderable Progress(RunSnapshot last, Profile profile)
    {
        var (full, empty) = profile.Capabilities.Unicode ? ('━', '─') : ('#', '.');
        var done = (int)Math.Round(Math.Clamp(last.Progress.Fraction, 0, 1) * BarWidth);
        return new Paragraph()
            .Append(new string(full, done), Look.Good)
            .Append(new string(empty, BarWidth - done), Look.Dim)
            .Append($"  {last.Progress.Phase}: {LineView.Bursts(last.Progress)} · {Figures.Seconds(last.ElapsedSeconds)}");
    }

    /// <summary>What is happening now, and the sum so far.</summary>
    public static IRenderable Counts(RunSnapshot last)
    {
        var counts = last.Connections;
        var now = new Paragraph()
            .Append("open ").Append(Figures.Count(last.Open), Look.Strong)
            .Append("   ended ").Append(Figures.Count((long)last.Sample.RatePerSecond), Look.Strong).Append("/s")
            .Append("   retries ").Append(Figures.Count(last.Retries), last.Retries > 0 ? Look.Warn : Look.Strong)
            .Append("   dropped ").Append(Figures.Count(counts.Dropped), counts.Dropped > 0 ? Look.Bad : Look.Strong);
        var sum = new Text(
            $"{Figures.Count(counts.Opened)} opened = {Figures.Count(counts.Succeeded)} succeeded + {Figures.Count(counts.Failed)} failed"
            + (counts.Cancelled > 0 ? $" + {Figures.Count(counts.Cancelled)} cancelled" : "") + $" + {Figures.Count(counts.Open)} open");
        return new Rows(now, sum);
    }

    /// <summary>Percentiles since the start of the run.</summary>
    public static IRenderable Latencies(RunSnapshot last)
    {
        var table = Look.Table("ms", "p50", "p90", "p99", "max");
        foreach (var step in new[] { "connect", "total" })
        {
            if (last.Latency.TryGetValue(step, out var latency) && latency.Count > 0)
            {
                table.Add(
                    Look.Plain, step, Figures.Millis(latency.P50), Figures.Millis(latency.P90), Figures.Millis(latency.P99), Figures.Millis(latency.Max));
            }
        }

        return table;
    }

    /// <summary>How connections ended, most frequent first.</summary>
    public static IRenderable Outcomes(RunSnapshot last)
    {
        var table = Look.Table("ended", "", "");
        table.Columns[2].LeftAligned();
        var all = Math.Max(1, last.Outcomes.Values.Sum());
        foreach (var (name, count) in last.Outcomes.Where(outcome => outcome.Value > 0).OrderByDescending(outcome => outcome.Value))
        {
            var style = name == Outcome.Succeeded.Name() ? Look.Good : Look.Warn;
            var bar = new string('|', (int)Math.Ceiling((double)count / all * OutcomeBarWidth));
            table.AddRow(new Text(name), new Text(Figures.Count(count)), new Text(bar, style));
        }

        return table;
    }
}
