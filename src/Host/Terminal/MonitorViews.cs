using ActorLoad.Metrics;
using ActorLoad.Monitoring;
using Spectre.Console;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Shows the readings of a monitor; called in the order of events, one call at a time.</summary>
internal interface IMonitorView
{
    /// <summary>The first reading; it has no rates.</summary>
    void Started(MonitorLine first, MonitorSummary soFar);

    /// <summary>An interval is over.</summary>
    void Measured(MonitorLine line, MonitorSummary soFar);

    /// <summary>The last call.</summary>
    Task EndedAsync(MonitorSummary summary);
}

/// <summary>A monitor on a terminal, redrawn each interval. At the end the peaks replace it.</summary>
internal sealed class MonitorLiveView : IMonitorView
{
    private readonly LivePictures<(MonitorLine Line, MonitorSummary SoFar)> _pictures =
        new((picture, _) => MonitorTables.Live(picture.Line, picture.SoFar));

    private readonly IAnsiConsole _console;
    private readonly Task _drawing;

    public MonitorLiveView(IAnsiConsole console)
    {
        _console = console;
        _drawing = _pictures.DrawAsync(console, "", keepsLast: false);
    }

    public void Started(MonitorLine first, MonitorSummary soFar) => _pictures.Show((first, soFar));

    public void Measured(MonitorLine line, MonitorSummary soFar) => _pictures.Show((line, soFar));

    public async Task EndedAsync(MonitorSummary summary)
    {
        _pictures.Close();
        await _drawing;
        MonitorTables.WriteSummary(_console, summary);
    }
}

/// <summary>One line of plain text for each interval, for logs and pipes.</summary>
internal sealed class MonitorLineView(TextWriter stdout, TextWriter stderr, bool isRedirected) : IMonitorView
{
    // The heads are repeated about once a screen.
    private const int LinesUnderHeads = 20;

    private readonly MonitorNotes _notes = new(stderr);
    private int _lines;

    public void Started(MonitorLine first, MonitorSummary soFar) => _notes.Say(soFar);

    public void Measured(MonitorLine line, MonitorSummary soFar)
    {
        if (_lines++ % LinesUnderHeads == 0)
        {
            stdout.WriteLine(MonitorColumns.Groups);
            stdout.WriteLine(MonitorColumns.Heads);
        }

        stdout.WriteLine(MonitorColumns.Of(line));
        _notes.Say(soFar);
    }

    public Task EndedAsync(MonitorSummary summary)
    {
        MonitorTables.WriteSummary(Look.Console(stdout, isRedirected), summary);
        return Task.CompletedTask;
    }
}

/// <summary>One JSON object per line: each interval, then the summary.</summary>
internal sealed class MonitorJsonView(TextWriter stdout, TextWriter stderr) : IMonitorView
{
    private readonly MonitorNotes _notes = new(stderr);

    public void Started(MonitorLine first, MonitorSummary soFar) => _notes.Say(soFar);

    public void Measured(MonitorLine line, MonitorSummary soFar)
    {
        stdout.WriteLine(MonitorJson.Serialize(line));
        _notes.Say(soFar);
    }

    public Task EndedAsync(MonitorSummary summary)
    {
        stdout.WriteLine(MonitorJson.Serialize(summary));
        _notes.Say(summary);
        return Task.CompletedTask;
    }
}

/// <summary>Says on stderr what the monitor cannot see, once each.</summary>
internal sealed class MonitorNotes(TextWriter stderr)
{
    private int _said;

    public void Say(MonitorSummary soFar)
    {
        for (; _said < soFar.Unseen.Count; _said++)
        {
            stderr.WriteLine(ForeignText.Shown($"actorload monitor: {soFar.Unseen[_said]}"));
        }
    }
}
