using ActorLoad.Hosting.Terminal;
using ActorLoad.Hosting.Terminal.Live;
using ActorLoad.Peers.Terminals;
using Spectre.Console;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal.Live;

/// <summary>What a person sees while a page changes in place, on a screen that obeys the escape sequences.</summary>
public sealed class LiveScreenSpecs
{
    private static readonly ScreenSize _size = new(40, 10);

    [Fact]
    public void Page_stays_in_place_below_earlier_text()
    {
        var (screen, live) = Open();
        screen.Write("$ actorload run\r\n");
        live.Show(Page("one", "two"), _size);
        live.Show(Page("one", "zwei", "three"), _size);
        live.Show(Page("uno"), _size);
        Assert.Equal("$ actorload run\nuno", screen.Text);
        Assert.True(screen.IsCursorVisible);
        Assert.False(screen.IsInFrame);
    }

    [Fact]
    public void Only_changed_rows_are_written()
    {
        var (screen, live) = Open();
        live.Show(Page("the first row", "12 %", "the last row"), _size);
        live.Show(Page("the first row", "13 %", "the last row"), _size);
        live.Show(Page("the first row", "13 %", "the last row"), _size);
        Assert.Equal("the first row\n13 %\nthe last row", screen.Text);
        Assert.Equal([29, 4], screen.Frames); // and no third frame
        Assert.Equal(0, screen.Erasures);
    }

    [Fact]
    public void Page_at_the_bottom_of_the_screen_scrolls_earlier_text_away_once()
    {
        var (screen, live) = Open();
        screen.Write(string.Concat(Enumerable.Range(1, 9).Select(line => $"line {line}\r\n")));
        for (var step = 1; step <= 5; step++)
        {
            live.Show(Page("a", $"step {step}", "c"), _size);
        }

        Assert.Equal(["line 4", "line 5", "line 6", "line 7", "line 8", "line 9", "a", "step 5", "c", ""], screen.Rows);
        Assert.Single(screen.History, row => row == "a");
    }

    [Fact]
    public void Page_longer_than_the_screen_is_cut_at_its_end()
    {
        var (screen, live) = Open();
        for (var step = 1; step <= 3; step++)
        {
            live.Show(Page([.. Enumerable.Range(1, 30).Select(row => $"row {row} of step {step}")]), _size);
        }

        Assert.Equal("row 1 of step 3", screen.Rows[0]);
        Assert.Equal("row 9 of step 3", screen.Rows[8]);
        Assert.Equal("", screen.Rows[9]);
        Assert.Equal(9, screen.History.Count(row => row.Length > 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resized_terminal_shows_the_page_once(bool folds)
    {
        var (screen, live) = Open(folds);
        screen.Write("$ actorload run\r\n");
        foreach (var (columns, rows) in new[] { (40, 10), (20, 10), (33, 6), (12, 8), (60, 20), (60, 5), (40, 10) })
        {
            screen.Resize(columns, rows);
            string[] page = [.. Enumerable.Range(1, 4).Select(row => $"{row} {new string('x', columns - 4)}")];
            live.Show(Page(page), new ScreenSize(columns, rows));
            live.Show(Page(page), new ScreenSize(columns, rows));
            Assert.Equal([.. page, ""], screen.Rows.SkipWhile(row => row != page[0]).Take(5));
            Assert.Equal(4, screen.Rows.Count(row => row.Contains('x', StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Other_texts_appear_above_the_page()
    {
        var (screen, live) = Open();
        var above = new WriterAbove(live);
        live.Show(Page("page", "of two rows"), _size);
        above.WriteLine("a warning");
        above.Write("a second ");
        above.WriteLine("one");
        live.Show(Page("page", "of 2 rows"), _size);
        Assert.Equal("a warning\na second one\npage\nof 2 rows", screen.Text);
    }

    [Fact]
    public void Page_begins_anew_after_others_have_written()
    {
        var (screen, live) = Open();
        live.Show(Page("page"), _size);
        screen.Write("^Z\r\n[1]+ Stopped\r\n$ fg\r\n");
        live.Forget();
        live.Show(Page("page"), _size);
        Assert.Equal("page\n^Z\n[1]+ Stopped\n$ fg\npage", screen.Text);
    }

    private static (VirtualScreen Screen, LiveScreen Live) Open(bool folds = true)
    {
        var screen = new VirtualScreen(_size.Columns, _size.Rows, folds);
        var settings = new AnsiWriterSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.TrueColor };
        return (screen, new LiveScreen(new ToScreen(screen), AnsiCapabilities.Create(TextWriter.Null, settings)));
    }

    private static IReadOnlyList<PageLine> Page(params string[] rows) => [.. rows.Select(row => PageLine.Of(80, (row, Look.Good)))];

    private sealed class ToScreen(VirtualScreen screen) : StringWriter
    {
        public override void Write(string? value) => screen.Write(value!);
    }
}
