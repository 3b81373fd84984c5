using ActorLoad.Hosting.Reports;
using ActorLoad.Metrics;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>The tables and bars of the live page, each a head and its rows.</summary>
internal sealed class LivePanels(LiveGlyphs glyphs, LivePage.Picture picture)
{
    private const int CountCells = 10;

    // The steps that a client waits for, in the order of its life; recovery only after a cut.
    private static readonly string[] Steps =
        [.. new[] { Step.Connect, Step.FirstReply, Step.Total, Step.Recovery }.Select(step => step.Name())];

    private readonly LivePoint _shown = picture.History.Last(picture.Window.Within(picture.History.Latest.At));

    /// <summary>The histogram of connect in the window: in ranges of 1, 2 and 5, or of powers of ten if those are too many. If even these
    /// are too many, the fast end is one row.</summary>
    public IReadOnlyList<PageLine> Connects(int width, int rows)
    {
        var counts = _shown.Connects;
        var (first, last) = (Array.FindIndex(counts, count => count > 0), Array.FindLastIndex(counts, count => count > 0));
        if (first < 0)
        {
            return [];
        }

        var size = last - first + 1 < rows ? 1 : ConnectTimes.RangesOfPower;
        var groups = Enumerable.Range(first / size, (last / size) - (first / size) + 1).TakeLast(Math.Max(1, rows - 1)).ToArray();
        var bars = groups.Select(group =>
        {
            var from = group == groups[0] && group > first / size ? 0 : group * size;
            var to = Math.Min(((group + 1) * size) - 1, counts.Length - 1);
            return (ConnectTimes.Name(from, to), counts[from..(to + 1)].Sum(), to >= ConnectTimes.FirstAfterLoss ? Look.Warn : Look.Plain);
        });
        return [Head(width, "connect"), .. Bars(width, [.. bars])];
    }

    /// <summary>How connections ended in the window, the most frequent first.</summary>
    public IReadOnlyList<PageLine> Outcomes(int width, int rows)
    {
        var all = _shown.Outcomes.Append(new(OutcomeColours.Dropped, _shown.Dropped)).Where(each => each.Value > 0)
            .OrderByDescending(each => each.Value).Select(each => (each.Key, each.Value, StyleOf(each.Key))).ToList();
        if (all.Count > rows - 1)
        {
            var rest = all[(rows - 2)..];
            all.RemoveRange(rows - 2, rest.Count);
            all.Add(($"{rest.Count} others", rest.Sum(each => each.Value), Look.Plain));
        }

        return all.Count == 0 ? [] : [Head(width, "outcomes"), .. Bars(width, all)];
    }

    /// <summary>Percentiles since the start of the run.</summary>
    public IReadOnlyList<PageLine> Latencies(int width)
    {
        var rows = Steps.Where(step => picture.Last!.Latency.GetValueOrDefault(step) is { Count: > 0 })
            .Select(step => (step, Of: picture.Last!.Latency[step])).ToList();
        return rows.Count == 0 ? [] :
        [
            Row("ms, run", "p50", "p90", "p99", "max", Look.Dim),
            .. rows.Select(row => Row(
                row.step, Figures.Millis(row.Of.P50), Figures.Millis(row.Of.P90), Figures.Millis(row.Of.P99), Figures.Millis(row.Of.Max),
                Look.Plain)),
        ];

        PageLine Row(string name, string p50, string p90, string p99, string max, Style style) =>
            PageLine.Of(width, ($"{name,-11} {p50,6} {p90,6} {p99,6} {max,6}", style));
    }

    /// <summary>The present value of each threshold, and its limit. Some are known at the end only. Of too many, those that fail
    /// come first.</summary>
    public IReadOnlyList<PageLine> Thresholds(int width, int rows)
    {
        const int ValueCells = 11;
        var all = picture.Thresholds.Select(threshold => (Threshold: threshold, Now: ThresholdWords.Of(threshold, picture.Last!))).ToList();
        if (all.Count == 0)
        {
            return [];
        }

        var isCut = all.Count > rows - 1;
        var shown = isCut ? [.. all.OrderByDescending(each => each.Now.Fails).Take(rows - 1)] : all;
        var limit = Math.Min(shown.Max(each => PageLine.Cells(each.Threshold.Limit)), width / 3);
        var name = Math.Max(9, width - ValueCells - limit - 2);
        var head = isCut ? $"{shown.Count} of {all.Count} thresholds" : "threshold";
        return
        [
            PageLine.Of(width, ($"{PageLine.Cell(head, name)}{"now",ValueCells}  limit", Look.Dim)),
            .. shown.Select(each => PageLine.Of(
                width, (PageLine.Cell(each.Threshold.Name, name), Look.Plain),
                ($"{each.Now.Value,ValueCells}", each.Now.Fails ? Look.Bad : Look.Plain), ($"  {each.Threshold.Limit}", Look.Plain))),
        ];
    }

    private PageLine Head(int width, string name) => PageLine.Of(width, ($"{name}, {picture.Window.Words}", Look.Dim));

    private IEnumerable<PageLine> Bars(int width, IReadOnlyList<(string Name, long Count, Style Style)> bars)
    {
        var names = bars.Max(bar => PageLine.Cells(bar.Name));
        var room = Math.Max(1, width - names - CountCells - 2);
        var most = bars.Max(bar => bar.Count);
        return bars.Select(bar => PageLine.Of(
            width, ($"{PageLine.Cell(bar.Name, names)}{Figures.Count(bar.Count),CountCells}  ", Look.Plain),
            (glyphs.Bar(bar.Count, most, room), bar.Style)));
    }

    private static Style StyleOf(string outcome) =>
        OutcomeColours.OnDark(outcome) is { } hex ? new Style(Color.FromHex(hex)) : Look.Strong;
}
