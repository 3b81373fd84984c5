using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

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
