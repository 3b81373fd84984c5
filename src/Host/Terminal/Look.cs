using ActorLoad.Metrics;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Styles and consoles.</summary>
internal static class Look
{
    public static readonly Style Plain = Style.Plain;
    public static readonly Style Dim = new(decoration: Decoration.Dim);
    public static readonly Style Strong = new(decoration: Decoration.Bold);
    public static readonly Style Good = new(Color.Green, decoration: Decoration.Bold);
    public static readonly Style Warn = new(Color.Yellow, decoration: Decoration.Bold);
    public static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);

    // The reader of a file or a pipe folds long lines, not we.
    private const int WidthOfFiles = 1_000_000;

    /// <summary>A console on stdout or stderr. In a file or a pipe no line is folded, and no line ends in spaces.</summary>
    public static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(redirected ? new UnpaddedWriter(writer) : writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            console.Profile.Width = WidthOfFiles;
        }

        console.Pipeline.Attach(ShownPictures.Instance);
        return console;
    }

    /// <summary>A table with a line under its heads only: first column left-aligned, the others right-aligned.</summary>
    public static Table Table(params string[] heads)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        for (var i = 0; i < heads.Length; i++)
        {
            var column = new TableColumn(new Text(ForeignText.Shown(heads[i]), Dim)) { NoWrap = true, Padding = new Padding(0, 0, 3, 0) };
            table.AddColumn(i == 0 ? column.LeftAligned() : column.RightAligned());
        }

        return table;
    }

    /// <summary>A row of plain texts. Invisible characters have no width, so they are escaped before the layout.</summary>
    public static void Add(this Table table, Style style, params string[] cells) =>
        table.AddRow(cells.Select(cell => new Text(ForeignText.Shown(cell), style)));
}
