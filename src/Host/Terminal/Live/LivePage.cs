using ActorLoad.Configuration.Thresholds;
using ActorLoad.Metrics;
using ActorLoad.Runs;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal.Live;

/// <summary>What the keys do now.</summary>
internal enum LiveKeys
{
    None,
    All,

    /// <summary>stdin is no keyboard.</summary>
    OnlySignals,
    Stopping,
}

/// <summary>The page of a live run, in at most the rows of the screen but one.</summary>
internal sealed class LivePage(ScreenSize size, LiveGlyphs glyphs)
{
    private const int NarrowestForTwo = 64;
    private const int Between = 2;
    private const int LatencyCells = 39;
    private const int ShortestGauge = 10;
    private const int LongestGauge = 40;

    // The last column stays free: a full row would wrap on some terminals.
    private readonly int _width = Math.Max(8, size.Columns - 1);

    /// <summary>What is shown.</summary>
    /// <param name="Started">The begin; null before it.</param>
    /// <param name="Last">The newest interval; null before the first.</param>
    /// <param name="History">All intervals.</param>
    /// <param name="Window">How much of it.</param>
    internal sealed record Picture(RunProtocol.RunStarted? Started, RunSnapshot? Last, LiveHistory History, LiveWindow Window)
    {
        /// <summary>Seconds since the newest interval.</summary>
        public double SinceLast { get; init; }

        public IReadOnlyList<Threshold> Thresholds { get; init; } = [];

        public LiveFinding? Newest { get; init; }

        public IReadOnlyList<string> Complaints { get; init; } = [];

        public LiveKeys Keys { get; init; }
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<PageLine> Of(Picture picture) => PageSection.Fit([.. Sections(picture)], Math.Max(1, size.Rows - 1));

    private IEnumerable<PageSection> Sections(Picture picture)
    {
        yield return Optional(Gap.None, 30, Head(picture));
        if (picture.Last is not { } last)
        {
            yield return Needed(Line(("starting ...", Look.Dim)));
        }
        else
        {
            var panels = new LivePanels(glyphs, picture);
            yield return Needed(Gauge(last, picture.SinceLast));
            yield return Rates(picture);
            yield return new PageSection(
                Gap.IfRoom, new PageForm(45, [Now(last), Sum(last)]), new PageForm(66, [Now(last)]), new PageForm(0, []));
            var half = _width < NarrowestForTwo ? _width : Math.Max(LatencyCells, (_width - Between) / 2);
            var rest = _width < NarrowestForTwo ? _width : _width - Between - half;
            yield return Sized(20, rows => Pair(panels.Connects(half, rows), panels.Outcomes(rest, rows), half), [11, 9, 8, 7, 6, 5, 4]);
            yield return Sized(40, rows => Pair(panels.Latencies(half), panels.Thresholds(rest, rows), half), [9, 7, 5, 4]);
            yield return Newest(picture);
        }

        var complaints = picture.Complaints.Select(text => Line(("! " + text, Look.Bad)));
        yield return new PageSection(Gap.None, new PageForm(95, [.. complaints]), new PageForm(0, []));
        yield return Optional(Gap.IfRoom, 35, Keys(picture));
    }

    private static PageSection Needed(PageLine line) => new(Gap.None, new PageForm(0, [line]));

    private static PageSection Optional(Gap before, int worth, PageLine line) => new(
        before, new PageForm(worth, [line]), new PageForm(0, []));

    // Forms with fewer and fewer rows, each worth more than the one before; at last none.
    private static PageSection Sized(int worth, Func<int, IReadOnlyList<PageLine>> lines, int[] rows) => new(
        Gap.IfRoom, [.. rows.Select((most, index) => new PageForm(worth + (4 * index), lines(most))), new PageForm(0, [])]);

    private PageLine Line(params (string Text, Style Style)[] words) => PageLine.Of(_width, words);

    private PageLine Head(Picture picture) => picture.Started is not { } started ? Line() : Line(
        ($"{string.Join(", ", started.Target.Addresses)}, {started.Transport.Kind}"
            + (started.Transport.IsFallback ? $" ({started.Transport.Reason})" : "") + $", run {started.RunId}", Look.Dim));

    private PageLine Gauge(RunSnapshot last, double sinceLast)
    {
        var done = Math.Clamp(last.Progress.Fraction, 0, 1);
        var left = TimeLeft(last, sinceLast);
        var text = $"  {last.Progress.Phase}: {LineView.Place(last.Progress)}, {Figures.Seconds(last.ElapsedSeconds + sinceLast)}"
            + (left is null ? "" : $", {left}");
        var cells = Math.Clamp(_width - PageLine.Cells(ForeignText.Shown(text)), ShortestGauge, LongestGauge);
        var (full, empty) = glyphs.Gauge;
        var length = (int)Math.Round(done * cells);
        return Line((new string(full, length), Look.Good), (new string(empty, cells - length), Look.Dim), (text, Look.Plain));
    }

    /// <summary>Such as <c>about 12 s left</c>, if the run goes on as until now; null while nothing can be said.</summary>
    internal static string? TimeLeft(RunSnapshot last, double sinceLast)
    {
        const double TooLittle = 0.01;
        var done = last.Progress.Fraction;
        if (done >= 1)
        {
            return last.Open > 0 ? "closing" : null;
        }

        var seconds = done < TooLittle ? double.NaN : (last.ElapsedSeconds * (1 - done) / done) - sinceLast;
        return double.IsNaN(seconds) ? null : $"about {Figures.Span(TimeSpan.FromSeconds(Math.Max(0, Math.Ceiling(seconds))))} left";
    }

    // Against what is due: a generator that lags shows here.
    private PageSection Rates(Picture picture)
    {
        const int Name = 8;
        var (history, window) = (picture.History, picture.Window);
        var now = history.Last(RateWindow.Shortest);
        var figures = Line(
            ("connections/s   due ", Look.Plain), (PerSecond(now.Due, now.At), Look.Strong),
            ("   started ", Look.Plain), (PerSecond(now.Started, now.At), Look.Strong),
            ("   ended ", Look.Plain), (PerSecond(now.Ended, now.At), Look.Strong));
        var cells = Math.Max(1, _width - Name);
        var seconds = window.Within(history.Latest.At);
        var (due, started) = (history.Rates(seconds, cells, point => point.Due), history.Rates(seconds, cells, point => point.Started));
        var most = Math.Max(due.Max(), started.Max());
        var charts = new[] { Chart("due", due), Chart("started", started) };
        return new PageSection(Gap.None, new PageForm(42, [figures, .. charts]), new PageForm(68, [figures]), new PageForm(0, []));

        PageLine Chart(string name, double[] rates) =>
            new([(name.PadRight(Name), Look.Dim), (glyphs.Chart(rates, most).TrimEnd(), name == "due" ? Look.Dim : Look.Plain)]);

        static string PerSecond(long count, double seconds) => seconds <= 0 ? "-" : Figures.Count((long)Math.Round(count / seconds));
    }

    private PageLine Now(RunSnapshot last)
    {
        var dropped = last.Connections.Dropped;
        var waiting = last.Waiting > 0 ? $", {Figures.Count(last.Waiting)} waiting to retry" : "";
        return Line(
            ("open ", Look.Plain), (Figures.Count(last.Open), Look.Strong),
            ($" ({Figures.Count(last.Connected)} connected{waiting})", Look.Plain),
            ("   retries ", Look.Plain), (Figures.Count(last.Retries), last.Retries > 0 ? Look.Warn : Look.Strong),
            ("   cut ", Look.Plain), (Figures.Count(last.Cut), last.Cut > 0 ? Look.Warn : Look.Strong),
            ("   dropped ", Look.Plain), (Figures.Count(dropped), dropped > 0 ? Look.Bad : Look.Strong));
    }

    private PageLine Sum(RunSnapshot last)
    {
        var counts = last.Connections;
        return Line((
            $"{Figures.Count(counts.Uses)} {(counts.Reused is null ? "opened" : "uses")} = {Figures.Count(counts.Succeeded)} succeeded + "
            + $"{Figures.Count(counts.Failed)} failed" + (counts.Cancelled > 0 ? $" + {Figures.Count(counts.Cancelled)} cancelled" : "")
            + $" + {Figures.Count(counts.Open)} open", Look.Plain));
    }

    private PageSection Newest(Picture picture)
    {
        if (picture.Newest is not { } finding)
        {
            return PageSection.None;
        }

        (string, Style)[] words =
        [
            ($"newest finding, at {Figures.Seconds(finding.At)}: ", Look.Dim), ($"{finding.Name} ", Look.Warn),
            ($"({Figures.Count(finding.Count)} so far): {finding.Sentence}", Look.Plain),
        ];
        return new PageSection(
            Gap.IfRoom, new PageForm(50, PageLine.Fold(_width, 2, 2, words)), new PageForm(80, [Line(words)]), new PageForm(0, []));
    }

    private PageLine Keys(Picture picture) => Line((picture.Keys switch
    {
        LiveKeys.All => $"q stops   - + change the window: {picture.Window.Words}",
        LiveKeys.OnlySignals => "Ctrl-C stops",
        LiveKeys.Stopping => "stopping: what is open is closed",
        _ => "",
    }, Look.Dim));

    // Side by side if there is room, else one below the other.
    private IReadOnlyList<PageLine> Pair(IReadOnlyList<PageLine> left, IReadOnlyList<PageLine> right, int cells)
    {
        if (_width < NarrowestForTwo)
        {
            return [.. left, .. right];
        }

        return [.. Enumerable.Range(0, Math.Max(left.Count, right.Count)).Select(row =>
        {
            var words = left.ElementAtOrDefault(row)?.Words ?? [];
            var used = words.Sum(word => PageLine.Cells(word.Text));
            return right.ElementAtOrDefault(row) is not { } beside ? new PageLine(words)
                : new PageLine([.. words, (new string(' ', Math.Max(0, cells + Between - used)), Look.Plain), .. beside.Words]);
        })];
    }
}
