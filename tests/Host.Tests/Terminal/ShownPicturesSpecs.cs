using ActorLoad.Hosting.Terminal;
using Spectre.Console;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

public sealed class ShownPicturesSpecs
{
    private const string Words = "7.0\u001b]0;owned\u0007\u202e\u009b31m";
    private const string Shown = @"7.0\u001b]0;owned\u0007\u202e\u009b31m";

    [Fact]
    public void Terminal_control_characters_in_drawn_text_are_escaped()
    {
        using var writer = new StringWriter();
        var table = Look.Table("name", Words);
        table.Add(Look.Bad, "version", Words);
        Terminal(writer).Write(new Rows(table, new Text(Words, Look.Bad)));
        var drawn = writer.ToString();
        Assert.True(drawn.Split(Shown).Length == 4, ActorLoad.Metrics.ForeignText.Shown(drawn));
        Assert.DoesNotContain("\u001b]", drawn, StringComparison.Ordinal);
        Assert.Contains("\u001b[", drawn, StringComparison.Ordinal); // its own colours
        Assert.DoesNotContain(drawn, letter => letter is '\u0007' or '\u009b' or '\u202e');
    }

    [Fact]
    public async Task Live_view_escapes_terminal_control_characters()
    {
        using var writer = new StringWriter();
        await Terminal(writer).Live(new Text("starting")).StartAsync(live =>
        {
            live.UpdateTarget(new Text(Words));
            live.Refresh();
            return Task.CompletedTask;
        });
        Assert.Contains(Shown, writer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]", writer.ToString(), StringComparison.Ordinal);
    }

    private static IAnsiConsole Terminal(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 200;
        console.Pipeline.Attach(ShownPictures.Instance);
        return console;
    }
}
